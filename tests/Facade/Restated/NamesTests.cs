using System.Reflection;

namespace Facade;

/// <summary>Which fact restates which test of PyTorch's own: the behaviours that every implementation of its autograd should share.</summary>
public class NamesTests
{
    private static readonly (string Upstream, string Here)[] Restated =
    [
        ("requires_grad", "FlagTests.Requires_grad_spreads_and_gradients_keep_to_its_paths"),
        ("requires_grad_", "FlagTests.Requires_grad_is_set_on_the_tensor_itself"),
        ("tensor_grad_warnings", "FlagTests.Only_the_gradient_of_a_result_is_warned_about"),
        ("numpy_requires_grad", "FlagTests.An_array_of_a_tensor_that_requires_grad_is_asked_for_by_force"),
        ("set_requires_grad_only_for_floats", "FlagTests.Only_real_and_complex_numbers_want_gradients"),
        ("grad_assignment", "FlagTests.A_gradient_may_be_set_where_it_fits"),
        ("autograd_print_tensor", "FlagTests.A_text_says_what_made_a_tensor"),
        ("next_functions", "FlagTests.An_operation_knows_those_that_made_its_operands"),
        ("backward", "BackwardTests.Gradients_are_those_of_the_formula"),
        ("dependent_backward", "BackwardTests.Roots_may_depend_on_one_another"),
        ("backward_twice_with_saved_values", "BackwardTests.Positions_that_were_saved_are_freed_by_a_pass"),
        ("backward_twice_retained_graph_with_saved_values", "BackwardTests.Positions_that_were_saved_stay_where_the_graph_is_retained"),
        ("backward_twice_without_saved_values", "BackwardTests.A_sum_saves_nothing_and_a_write_through_a_view_what_wrote"),
        ("backward_create_graph_warns", "BackwardTests.A_differentiable_gradient_on_a_leaf_is_warned_about"),
        ("backward_with_inputs", "BackwardTests.Gradients_go_to_the_inputs_that_are_named"),
        ("backward_with_nonleaf_inputs", "BackwardTests.Inputs_of_backward_may_lie_on_the_way_or_elsewhere"),
        ("backward_badcalls", "BackwardTests.What_has_no_history_has_no_backward"),
        ("accumulate_grad", "BackwardTests.Gradients_add_up_in_place_unless_they_are_differentiable"),
        ("grad", "GradTests.A_gradient_of_a_gradient_touches_no_leaf"),
        ("grad_nonleaf", "GradTests.Gradients_of_results_keep_to_themselves"),
        ("grad_unreachable", "GradTests.What_does_not_lead_there_has_no_gradient"),
        ("grad_badcalls", "GradTests.Both_ends_must_be_in_the_graph"),
        ("grad_empty_inputs", "GradTests.Some_input_must_be_named"),
        ("grad_materialize_grads", "GradTests.Zeros_may_stand_for_what_has_no_gradient"),
        ("hessian_vector", "GradTests.A_product_with_the_Hessian_is_added_to_the_gradients"),
        ("grad_batched_grad", "GradTests.Batches_of_seeds_give_batches_of_gradients"),
        ("inplace", "InPlaceTests.A_write_spoils_the_passes_that_read_what_was_there"),
        ("version_counter", "InPlaceTests.Versions_are_shared_by_views_and_kept_by_other_data"),
        ("no_grad_modifies_version", "InPlaceTests.A_write_counts_where_nothing_is_recorded"),
        ("detach", "InPlaceTests.What_is_detached_ends_the_history"),
        ("detach_then_inplace_raises_in_autograd", "InPlaceTests.A_write_through_the_detached_is_noticed"),
        ("leaf_assignment", "InPlaceTests.A_leaf_without_gradient_becomes_what_is_written_into_it"),
        ("saved_variable_version_counter", "InPlaceTests.What_is_saved_counts_with_its_tensor"),
        ("setitem", "WrittenViewTests.What_is_written_to_an_index_takes_the_gradient_of_its_place"),
        ("inplace_on_view_leaf_errors", "WrittenViewTests.A_view_of_a_leaf_is_not_written_to"),
        ("inplace_on_view_backward", "WrittenViewTests.A_write_through_a_view_is_differentiated_twice"),
        ("inplace_on_view_multiple_outputs", "WrittenViewTests.One_of_several_views_is_not_written_to"),
        ("autograd_inplace_views_creation_meta", "WrittenViewTests.The_way_a_view_was_made_decides_whether_it_is_written_to"),
        ("hooks", "HookOrderTests.Hooks_are_called_in_every_pass_until_they_are_removed"),
        ("retain_grad", "HookOrderTests.A_gradient_is_kept_once_and_adds_up"),
        ("retain_grad_inplace", "HookOrderTests.A_kept_gradient_is_that_of_the_newest_value"),
        ("tensor_hooks_inplace", "HookOrderTests.A_hook_stays_with_the_value_that_it_was_registered_on"),
        ("prehook_ordering", "PassTests.Hooks_of_every_kind_run_in_PyTorchs_order"),
        ("post_accumulate_grad_hook_ordering", "HookOrderTests.Around_the_sum_on_a_leaf_hooks_have_an_order"),
        ("function", "OwnFunctionTests.A_derivative_of_ones_own_is_differentiated_like_any_other"),
        ("once_differentiable", "CustomFunctionTests.A_derivative_may_be_for_once"),
        ("function_returns_input", "FunctionTests.A_function_may_return_any_input_as_it_is"),
        ("materialize_grads", "OwnFunctionTests.A_gradient_that_is_missing_is_zeros_or_nothing"),
        ("mark_non_differentiable", "CustomFunctionTests.Several_results_of_which_some_have_no_derivative"),
        ("invalid_gradients", "OwnFunctionTests.A_gradient_of_another_shape_is_refused_and_changes_nothing"),
        ("no_grad", "ModeTests.Nothing_is_recorded_under_no_grad_wherever_it_is_called"),
        ("set_grad_enabled", "ModeTests.Recording_is_switched_by_a_truth_value"),
        ("no_grad_assignment", "ModeTests.A_leaf_that_is_written_to_under_no_grad_stays_a_leaf"),
        ("anomaly_detect_nan", "OwnFunctionTests.An_anomaly_names_the_operation_and_the_operand"),
        ("anomaly_mode_no_check_nan", "OwnFunctionTests.An_anomaly_may_be_let_pass"),
        ("gradcheck_single_input", "CheckTests.A_function_of_one_tensor_is_checked"),
        ("gradcheck_jacobian_mismatch", "CheckTests.A_wrong_Jacobian_is_shown_beside_the_right_one"),
        ("free_deep_graph", "TrainingTests.A_deep_history_runs_backward_on_a_small_stack"),
        ("pow_zero_tensor_gradient", "CheckTests.The_power_zero_has_no_slope_anywhere"),
        ("min_max_median_backprops_to_all_values", "CheckTests.Equals_share_the_gradient_of_the_one_that_is_picked"),
        .. Products("err_check", "What_does_not_fit_is_refused", "OfRefusals"),
        .. Products("err_check_strict", "What_does_not_depend_on_the_inputs_is_refused_where_one_is_strict", "OfStrictness"),
        .. Products("output", "Results_are_those_of_PyTorch", "OfResults"),
        .. Products("scalar", "Single_elements_go_in_and_come_out", "OfSingles"),
        .. Products("create_graph", "A_graph_through_them_has_the_derivatives_that_differences_show", "OfGraphs"),
        ("jacobian_match_vjp_jvp", "ProductTests.The_Jacobian_times_a_vector_from_either_side_is_its_products"),
        ("hessian_match_vhp_hvp", "ProductTests.The_Hessian_times_a_vector_is_its_products"),
    ];

    // One row of a theory for each of the six functions.
    private static IEnumerable<(string, string)> Products(string what, string fact, string rows)
    {
        foreach (var row in (IEnumerable<object[]>)typeof(ProductTests).GetProperty(rows)!.GetValue(null)!) yield return ($"{row[0]}_{what}", "ProductTests." + fact);
    }

    [Fact]
    public void Every_name_has_its_fact()
    {
        Assert.Equal((92, 92), (Restated.Length, Restated.Select(r => r.Upstream).Distinct().Count()));
        foreach (var (_, here) in Restated)
        {
            var parts = here.Split('.');
            Assert.True(typeof(NamesTests).Assembly.GetType("Facade." + parts[0])?.GetMethod(parts[1])?.GetCustomAttributes<FactAttribute>().Any() == true, here);
        }
    }
}
