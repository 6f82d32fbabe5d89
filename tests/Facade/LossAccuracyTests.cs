using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Losses far out, where a careless formula loses every digit.</summary>
public class LossAccuracyTests
{
    // log(1 + e⁻ᵃ) from mpmath.
    [Theory]
    [InlineData(-37.4, 0, 5.7198728773130725e-17)]
    [InlineData(37.4, 1, 5.7198728773130725e-17)]
    [InlineData(-37.4, 1, 37.4)]
    [InlineData(37.4, 0, 37.4)]
    [InlineData(-700, 0, 9.8596765437597708e-305)]
    [InlineData(0, 0.25, 0.69314718055994531)]
    public void Cross_entropy_with_logits_keeps_its_digits(double logit, double target, double expected)
    {
        var x = tensor(logit, dtype: float64, requires_grad: true);
        var loss = nn.functional.binary_cross_entropy_with_logits(x, tensor(target, dtype: float64));
        Assert.Equal(expected, loss.item<double>(), expected * 1e-14);
        loss.backward();
        // σ(x) − t, whose digits near the right class are those of the loss.
        var slope = target is 0 or 1 && expected < 1 ? Math.Sign(0.5 - target) * expected : 1 / (1 + Math.Exp(-logit)) - target;
        Assert.Equal(slope, x.grad!.item<double>(), Math.Abs(slope) * 1e-14);
    }
}
