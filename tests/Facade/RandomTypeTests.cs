using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Random streams of half types and complex numbers, and evenly spaced numbers of all types: hashes of every element's bits in PyTorch 2.6, which make_random.py prints.</summary>
public class RandomTypeTests
{
    private static readonly dtype[] Types = [uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64, complex64, complex128];

    private static dtype Named(string name) => Types.Single(t => t.ToString() == $"torch.{name}");

    private static readonly Dictionary<string, Func<long, dtype, Tensor>> Kinds = new()
    {
        ["rand"] = (n, t) => rand([n], t),
        ["uniform"] = (n, t) => empty([n], t).uniform_(-0.1, 0.7),
        ["randn"] = (n, t) => randn([n], t),
        ["normal"] = (n, t) => empty([n], t).normal_(0.3, 1.7),
        ["t_uniform"] = (n, t) => zeros([n, 3], t).t().uniform_(1, 2),
        ["t_randn_like"] = (n, t) => randn_like(zeros([n, 3], t).t()),
        ["step_normal"] = (n, t) => zeros([n, 4], t)[.., slice(null, null, 2)].normal_(),
        ["exponential"] = (n, t) => empty([n], t).exponential_(1.3),
        ["bernoulli"] = (n, t) => bernoulli(Weights(n, t) / 4),
        ["dropout"] = (n, t) => nn.functional.dropout(ones([n], t), 0.5),
        ["multinomial"] = (n, t) => multinomial(Weights(n + 3, t), 1),
        ["multinomial_again"] = (n, t) => multinomial(Weights(n + 3, t), n + 1, true),
    };

    private static Tensor Weights(long n, dtype type) => (arange(n) * 7 % 11).to(type) / 3 + 0.1;

    private static ulong Fold(ulong hash, Tensor x) => RandomTests.Fold(hash, x.is_complex() ? view_as_real(x) : x.dtype == float16 || x.dtype == bfloat16 ? x.@float() : x);

    [Theory]
    [InlineData("rand", "float16", 0x992e75aa9d5ce9a1)]
    [InlineData("rand", "bfloat16", 0x41cfe43921b109a1)]
    [InlineData("rand", "complex64", 0x337fb0b7a5946e98)]
    [InlineData("rand", "complex128", 0x7b9b83a82f905663)]
    [InlineData("uniform", "float16", 0xe834f5e95986c9a1)]
    [InlineData("uniform", "bfloat16", 0x6fc02d0651c709a1)]
    [InlineData("uniform", "complex64", 0xc7b85718f4dc5100)]
    [InlineData("uniform", "complex128", 0xbcc1b90617c4e496)]
    [InlineData("randn", "float16", 0x69440e02e76c863a)]
    [InlineData("randn", "bfloat16", 0x4ec718b1d28ba63a)]
    [InlineData("randn", "complex64", 0x256890b1eca2377e)]
    [InlineData("randn", "complex128", 0x03b76aab4f382d67)]
    [InlineData("normal", "float16", 0xdb1f426d843c063a)]
    [InlineData("normal", "bfloat16", 0xf7c5ac6e081ca63a)]
    [InlineData("normal", "complex64", 0xf6d4309e0e8eaef9)]
    [InlineData("normal", "complex128", 0x389dc89b380c14e2)]
    [InlineData("t_uniform", "float16", 0xd8660498010d1c12)]
    [InlineData("t_uniform", "bfloat16", 0x9ed94060fac6dc12)]
    [InlineData("t_uniform", "complex64", 0xdec65130ffcd1573)]
    [InlineData("t_uniform", "complex128", 0x19ab14cf8834450f)]
    [InlineData("t_randn_like", "float16", 0xded382eee9a4f9bd)]
    [InlineData("t_randn_like", "bfloat16", 0x7d3271ae710539bd)]
    [InlineData("t_randn_like", "complex64", 0xaf0098b2b5ce7f96)]
    [InlineData("t_randn_like", "complex128", 0x66f56d2286c7318f)]
    [InlineData("step_normal", "float16", 0x29e84c160bc0aef9)]
    [InlineData("step_normal", "bfloat16", 0x35a861a1bec4aef9)]
    [InlineData("step_normal", "complex64", 0x0f62450e9faee5c4)]
    [InlineData("step_normal", "complex128", 0x869b61f0e98eaabd)]
    [InlineData("exponential", "float16", 0x23eb5acd114a2b59)]
    [InlineData("exponential", "bfloat16", 0xb2cd907d47b20b59)]
    [InlineData("bernoulli", "float16", 0xd93b5b80abb509a1)]
    [InlineData("bernoulli", "bfloat16", 0xd93b5b80abb509a1)]
    [InlineData("dropout", "float16", 0xdd88416779830b59)]
    [InlineData("dropout", "bfloat16", 0xdd88416779830b59)]
    [InlineData("multinomial", "float16", 0x45c4a609bbb7459d)]
    [InlineData("multinomial", "bfloat16", 0x45c4a609bbb7459d)]
    [InlineData("multinomial_again", "float16", 0x9acbe8b117fae65f)]
    [InlineData("multinomial_again", "bfloat16", 0xd42144cd4a690d14)]
    public void A_stream_is_PyTorch_s_to_the_bit(string kind, string type, ulong recorded)
    {
        var hash = RandomTests.Start;
        foreach (var n in RandomTests.Sizes)
        {
            manual_seed(42);
            hash = Fold(Fold(hash, Kinds[kind](n, Named(type))), rand(1));
        }
        Assert.Equal(recorded, hash);
    }

    [Theory]
    [InlineData("uint8", 0xa18d7b195c4e43a1)]
    [InlineData("int8", 0x18dc98c639c11335)]
    [InlineData("int16", 0x18dc98c639c11335)]
    [InlineData("int32", 0x18dc98c639c11335)]
    [InlineData("int64", 0x18dc98c639c11335)]
    [InlineData("float16", 0x39a35224b8d07c3b)]
    [InlineData("bfloat16", 0x55bc18a08932bc3b)]
    [InlineData("float32", 0x087ba21e5dbe2a54)]
    [InlineData("float64", 0x1423e46d19948477)]
    [InlineData("complex64", 0x6a01539c743ba90a)]
    [InlineData("complex128", 0x33d7f980099823cb)]
    public void Evenly_spaced_numbers_are_PyTorch_s_to_the_bit(string type, ulong recorded)
    {
        var (hash, x) = (RandomTests.Start, 1UL);
        ulong Draw() => (x = unchecked(x * 6364136223846793005 + 1442695040888963407)) >> 11;
        var low = type == "uint8" ? 0 : -100;
        double Bound() => low + Draw() * (double)(100 - low) * Math.ScaleB(1, -53);
        for (var i = 0; i < 300; i++) hash = Fold(hash, linspace(Bound(), Bound(), (long)(Draw() % 70), Named(type)));
        Assert.Equal(recorded, hash);
    }

    public static TheoryData<string, Func<Tensor>> Refused => new()
    {
        { "to is out of bounds for c10::Half", () => empty([2], float16).uniform_(0, 1e6) },
        { "from is out of bounds for c10::BFloat16", () => empty([2], bfloat16).uniform_(-1e39, 1) },
        { "uniform_ expects to-from <= std::numeric_limits<Half>::max(), but found to=65000 and from=-65000 which result in to-from to exceed the limit", () => empty([2], float16).uniform_(-65000, 65000) },
        { "to is out of bounds for float", () => empty([2], complex64).uniform_(0, 1e39) },
        { "to - 1 is out of bounds for c10::Half", () => randint(0, 1 << 20, [3], float16) },
        { "check_random_bounds handles only integral, floating-point and boolean types", () => randint(0, 5, [3], complex64) },
        { "n cannot be greater than 2049 for Half type.", () => randperm(2050, float16) },
        { "\"randperm\" not implemented for 'ComplexFloat'", () => randperm(3, complex64) },
        { "\"bernoulli_tensor_cpu_self_\" not implemented for 'ComplexFloat'", () => bernoulli(full([3], 0.5, complex64)) },
        { "\"bernoulli_scalar_cpu_\" not implemented for 'ComplexFloat'", () => nn.functional.dropout(ones([3], complex64), 0.5) },
        { "\"linspace_cpu\" not implemented for 'Bool'", () => linspace(0, 1, 3, @bool) },
        { "value cannot be converted to type int8_t without overflow", () => linspace(0, 300, 3, int8) },
    };

    [Theory, MemberData(nameof(Refused))]
    public void What_a_type_does_not_hold_is_refused_before_anything_is_drawn(string text, Func<Tensor> draw)
    {
        manual_seed(5);
        Assert.Equal(text, Assert.Throws<RuntimeError>(draw).Message);
        Assert.Equal("tensor([0.8303])", rand(1).ToString());
    }

    [Fact]
    public void A_second_derivative_of_a_complex_function_is_checked() =>
        Assert.True(autograd.gradgradcheck((Tensor x) => x * x * x, tensor(new[] { new System.Numerics.Complex(1, 2) }, requires_grad: true)));
}
