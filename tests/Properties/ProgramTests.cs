using Functional.Autograd.Testing;

namespace Properties;

public class ProgramTests
{
    private static void Hold(Action<Case> law, int cases) => Property.ForAll("program", Programs.Make, law, cases);

    [Fact]
    public void Primal_equals_the_oracle() => Hold(Laws.Primal, 300);

    [Fact]
    public void Optimised_equals_plain() => Hold(Laws.Optimised, 300);

    [Fact]
    public void Reverse_mode_is_the_adjoint_of_forward_mode() => Hold(Laws.Adjoint, 200);

    [Fact]
    public void Forward_mode_agrees_with_differences() => Hold(Laws.Forward, 100);

    [Fact]
    public void Gradients_are_linear() => Hold(Laws.Linearity, 100);

    [Fact]
    public void Second_derivatives_agree_with_differences() => Hold(Laws.Second, 40);
}
