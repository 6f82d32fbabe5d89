using Functional.Autograd.Testing;

namespace Properties;

public class CatalogueTests
{
    public static TheoryData<string> Rows => [.. Catalogue.Primitives.Concat(Catalogue.Composites).Select(r => r.Name)];

    private static void Hold(string row, Action<Case> law) =>
        Property.ForAll(row, Catalogue.Primitives.Concat(Catalogue.Composites).First(r => r.Name == row).Make, law);

    [Theory, MemberData(nameof(Rows))]
    public void Primal_equals_the_oracle(string row) => Hold(row, Laws.Primal);

    [Theory, MemberData(nameof(Rows))]
    public void Single_precision_is_right_to_rounding(string row) => Hold(row, Laws.Single);

    [Theory, MemberData(nameof(Rows))]
    public void Reverse_mode_is_the_adjoint_of_forward_mode(string row) => Hold(row, Laws.Adjoint);

    [Theory, MemberData(nameof(Rows))]
    public void Forward_mode_agrees_with_differences(string row) => Hold(row, Laws.Forward);

    [Theory, MemberData(nameof(Rows))]
    public void Reverse_mode_agrees_with_differences(string row) => Hold(row, Laws.Reverse);

    [Theory, MemberData(nameof(Rows))]
    public void Forward_mode_agrees_with_a_complex_step(string row) => Hold(row, Laws.ComplexStep);

    [Theory, MemberData(nameof(Rows))]
    public void Second_derivatives_agree_with_differences(string row) => Hold(row, Laws.Second);

    [Theory, MemberData(nameof(Rows))]
    public void Inferred_shape_is_real_shape(string row) => Hold(row, Laws.Shape);

    [Theory, MemberData(nameof(Rows))]
    public void Optimised_equals_plain(string row) => Hold(row, Laws.Optimised);

    [Theory, MemberData(nameof(Rows))]
    public void Gradients_are_linear(string row) => Hold(row, Laws.Linearity);
}
