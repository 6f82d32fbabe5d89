using Functional.Autograd;
using Model.Pure;
using static Functional.Autograd.torch;

namespace Model.Scripts;

/// <summary>Operations: PyTorch's spelling, the model's function, the facade's call.</summary>
internal static class Rows
{
    public static readonly (string Text, Operation Op, Func<Tensor, Tensor> Call)[] Unary =
    [
        ("mul(2)", Formulas.Number("MulBackward0", Keeps.Number, Ops.Mul, 2), x => x * 2),
        ("sin()", Formulas.Sin, x => x.sin()),
        ("exp()", Formulas.Exp, x => x.exp()),
        ("add(1)", Formulas.Number("AddBackward0", Keeps.Nothing, Ops.Add, 1), x => x + 1),
        ("neg()", Formulas.Neg, x => -x),
        ("pow(2)", Formulas.Square, x => x.pow(2)),
        ("tanh()", Formulas.Tanh, x => x.tanh()),
        ("cos()", Formulas.Cos, x => x.cos()),
        ("sigmoid()", Formulas.Sigmoid, x => x.sigmoid()),
        ("sqrt()", Formulas.Sqrt, x => x.sqrt()),
        ("log()", Formulas.Log, x => x.log()),
        ("abs()", Formulas.Abs, x => x.abs()),
        ("relu()", Formulas.Relu, x => x.relu()),
        ("floor()", Formulas.Floor, x => x.floor()),
        ("clone()", Formulas.Clone, x => x.clone()),
        ("sub(0.1)", Formulas.Number("SubBackward0", Keeps.Nothing, Ops.Sub, 0.1), x => x - 0.1),
        ("mean()", Formulas.Mean, x => x.mean()),
        .. Drawn.Unary(),
    ];

    public static readonly (string Text, Operation Op, Func<Tensor, Tensor, Tensor> Call)[] Binary =
    [
        ("{0} * {1}", Formulas.Mul, (a, b) => a * b),
        ("{0} + {1}", Formulas.Add, (a, b) => a + b),
        ("{0} - {1}", Formulas.Sub, (a, b) => a - b),
        ("{0} / {1}", Formulas.Div, (a, b) => a / b),
        ("{0}.maximum({1})", Formulas.Maximum, (a, b) => a.maximum(b)),
        ("{0}.add({1}, alpha: 2)", new("AddBackward0", Keeps.Nothing, (k, x) => Formulas.Add.Formula(k, [x[0], x[1] * 2])), (a, b) => a.add(b, 2)),
        .. Drawn.Binary(),
    ];

    public static readonly (string Text, Operation Op, Action<Tensor> Call, bool Filling)[] Writes =
    [
        ("mul_(3)", Formulas.Number("MulBackward0", Keeps.Number, Ops.Mul, 3), x => x.mul_(3), false),
        ("add_(1)", Formulas.Number("AddBackward0", Keeps.Nothing, Ops.Add, 1), x => x.add_(1), false),
        ("zero_()", Formulas.Filled("ZeroBackward0", 0), x => x.zero_(), true),
        ("fill_(0.1)", Formulas.Filled("FillBackward2", 0.1), x => x.fill_(0.1), true),
        ("sin_()", Formulas.Sin, x => x.sin_(), false),
        ("exp_()", Formulas.Exp, x => x.exp_(), false),
        ("tanh_()", Formulas.Tanh, x => x.tanh_(), false),
        ("neg_()", Formulas.Neg, x => x.neg_(), false),
        ("abs_()", Formulas.Abs, x => x.abs_(), false),
        .. Drawn.Writes(),
    ];

    public static readonly (string Text, Operation Op, Action<Tensor, Tensor> Call)[] WritesOfTwo =
    [
        ("mul_", Formulas.Mul, (x, y) => x.mul_(y)),
        ("add_", Formulas.Add, (x, y) => x.add_(y)),
        ("sub_", Formulas.Sub, (x, y) => x.sub_(y)),
        ("copy_", Formulas.Copy, (x, y) => x.copy_(y)),
        ("div_", Formulas.Div with { Keeps = Keeps.Other }, (x, y) => x.div_(y)),
        .. Drawn.WritesOfTwo(),
    ];
}
