using Functional.Autograd;
using static Functional.Autograd.torch;
using static Functional.Autograd.torch.utils.data;

namespace Facade;

/// <summary>Order and draws of data loaders, as recorded from PyTorch 2.6.</summary>
public class DataTests
{
    private static readonly TensorDataset Ten = new(arange(10));

    private static string Pass(IEnumerable<Tensor[]> batches) => string.Join(" ", batches.Select(b => string.Join(",", b[0].data<long>())));

    [Theory]
    [InlineData(false, 3, false, false, "0,1,2 3,4,5 6,7,8 9", "0,1,2 3,4,5 6,7,8 9", 0.47161436080932617, 0)]
    [InlineData(false, 3, false, true, "6,2,0 1,8,3 5,4,7 9", "3,4,0 9,6,7 1,2,5 8", 0.5944212079048157, 0)]
    [InlineData(false, 3, true, false, "0,1,2 3,4,5 6,7,8 9", "0,1,2 3,4,5 6,7,8 9", 0.004263520240783691, 0.5839434266090393)]
    [InlineData(false, 3, true, true, "0,9,3 6,1,5 7,4,8 2", "8,5,4 7,1,3 6,9,2 0", 0.004263520240783691, 0.2987745404243469)]
    [InlineData(false, 5, true, true, "0,9,3,6,1 5,7,4,8,2", "8,5,4,7,1 3,6,9,2,0", 0.004263520240783691, 0.2987745404243469)]
    [InlineData(true, 3, false, true, "6,2,0 1,8,3 5,4,7", "3,4,0 9,6,7 1,2,5", 0.5944212079048157, 0)]
    [InlineData(true, 3, true, true, "0,9,3 6,1,5 7,4,8", "8,5,4 7,1,3 6,9,2", 0.004263520240783691, 0.2987745404243469)]
    [InlineData(true, 5, false, false, "0,1,2,3,4 5,6,7,8,9", "0,1,2,3,4 5,6,7,8,9", 0.47161436080932617, 0)]
    public void Passes_and_what_is_drawn_after_them_are_PyTorch_s(bool drop, long size, bool own, bool shuffle, string first, string second, double next, double nextOwn)
    {
        manual_seed(3);
        var generator = own ? new Generator(11) : null;
        var loader = new DataLoader(Ten, size, shuffle, drop, generator);
        Assert.Equal(first, Pass(loader));
        Assert.Equal(second, Pass(loader));
        Assert.Equal(next, rand(1).item());
        if (generator is not null) Assert.Equal(nextOwn, rand([1], generator: generator).item());
        Assert.Equal(first.Split(' ').Length, loader.Count);
    }

    [Theory]
    [InlineData(3, 1, 0.7824568748474121)]
    [InlineData(3, 3, 0.7824568748474121)]
    [InlineData(3, 4, 0.8709032535552979)]
    [InlineData(5, 2, 0.7824568748474121)]
    public void A_pass_that_is_left_early_has_drawn_what_PyTorch_has(long size, int batches, double next)
    {
        manual_seed(3);
        var generator = new Generator(11);
        using var pass = new DataLoader(Ten, size, true, generator: generator).GetEnumerator();
        for (var i = 0; i < batches; i++) Assert.True(pass.MoveNext());
        Assert.Equal(next, rand([1], generator: generator).item());
        Assert.Equal(0.004263520240783691, rand(1).item());
    }

    [Fact]
    public void A_pass_draws_one_seed_when_it_is_made_and_another_when_it_begins()
    {
        manual_seed(3);
        using var pass = new DataLoader(Ten, 5, true).GetEnumerator();
        Assert.Equal("tensor([0.2858])", rand(1).ToString());
        manual_seed(3);
        using var begun = new DataLoader(Ten, 5, true).GetEnumerator();
        begun.MoveNext();
        Assert.Equal("tensor([0.4716])", rand(1).ToString());
    }

    [Fact]
    public void Several_tensors_keep_together_and_a_set_gives_single_samples()
    {
        var set = new TensorDataset(arange(6).view(3, 2), arange(3));
        Assert.Equal(3, set.Count);
        Assert.Equal("tensor([4, 5])", set[-1][0].ToString());
        Assert.Equal("index 3 is out of bounds for dimension 0 with size 3", Assert.Throws<IndexError>(() => set[3]).Message);
        foreach (var batch in new DataLoader(set, 2, true))
            Assert.Equal(batch[0].select(1, 0).data<long>(), batch[1].data<long>().Select(i => 2 * i));
        Assert.Empty(new DataLoader(new TensorDataset(zeros(0)), 2));
    }

    [Fact]
    public void What_PyTorch_refuses_is_refused_with_its_text()
    {
        Assert.Equal("batch_size should be a positive integer value, but got batch_size=0", Assert.Throws<ValueError>(() => new DataLoader(Ten, 0)).Message);
        Assert.Equal("batch_size should be a positive integer value, but got batch_size=-1", Assert.Throws<ValueError>(() => new DataLoader(Ten, -1)).Message);
        Assert.Equal("num_samples should be a positive integer value, but got num_samples=0", Assert.Throws<ValueError>(() => new DataLoader(new TensorDataset(zeros(0)), 1, true)).Message);
        Assert.Equal("Size mismatch between tensors", Assert.Throws<AssertionError>(() => new TensorDataset(zeros(2), zeros(3))).Message);
        Assert.Equal("Dimension specified as 0 but tensor has no dimensions", Assert.Throws<IndexError>(() => new TensorDataset(tensor(1f))).Message);
    }
}
