using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Which operations may run backward twice without retain_graph: those whose derivative saves no tensor. The list was measured with PyTorch 2.6.</summary>
public class SecondPassTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Free = new()
    {
        ["+ tensor"] = x => x + ones(2, 3),
        ["- tensor"] = x => x - ones(2, 3),
        ["add, alpha"] = x => x.add(x, alpha: 2),
        ["+ number"] = x => x + 1,
        ["rsub"] = x => 1 - x,
        ["neg"] = x => -x,
        ["% number"] = x => x % 2,
        ["sign"] = x => x.sign(),
        ["floor"] = x => x.floor(),
        ["ceil"] = x => x.ceil(),
        ["round"] = x => x.round(),
        ["trunc"] = x => x.trunc(),
        ["frac"] = x => x.frac(),
        ["sum"] = x => x.sum(),
        ["sum(dim)"] = x => x.sum(1),
        ["mean"] = x => x.mean(),
        ["mean(dim)"] = x => x.mean(0),
        ["cumsum"] = x => x.cumsum(1),
        ["trace"] = x => x.trace(),
        ["diag"] = x => x.diag(),
        ["diagonal"] = x => x.diagonal(),
        ["diag_embed"] = x => x.diag_embed(),
        ["tril"] = x => x.tril(),
        ["triu"] = x => x.triu(),
        ["t"] = x => x.t(),
        ["T"] = x => x.T,
        ["mT"] = x => x.mT,
        ["transpose"] = x => x.transpose(0, 1),
        ["permute"] = x => x.permute(1, 0),
        ["movedim"] = x => x.movedim(0, 1),
        ["swapaxes"] = x => x.swapaxes(0, 1),
        ["view"] = x => x.view(6),
        ["reshape"] = x => x.t().reshape(6),
        ["flatten"] = x => x.flatten(),
        ["ravel"] = x => x.ravel(),
        ["unsqueeze"] = x => x.unsqueeze(0),
        ["squeeze"] = x => x.unsqueeze(0).squeeze(0),
        ["expand"] = x => x.expand(4, 2, 3),
        ["broadcast_to"] = x => x.broadcast_to([4, 2, 3]),
        ["expand_as"] = x => x.expand_as(ones(4, 2, 3)),
        ["repeat"] = x => x.repeat(2, 2),
        ["unflatten"] = x => x.unflatten(1, [3, 1]),
        ["as_strided"] = x => x.as_strided([2, 2], [1, 2]),
        ["unfold"] = x => x.unfold(1, 2, 1),
        ["cat"] = x => cat([x, x]),
        ["stack"] = x => stack([x, x]),
        ["hstack"] = x => hstack([x, x]),
        ["block_diag"] = x => block_diag(x, x),
        ["split"] = x => x.split(1)[0],
        ["chunk"] = x => x.chunk(3, 1)[1],
        ["unbind"] = x => x.unbind()[1],
        ["select"] = x => x.select(0, 1),
        ["narrow"] = x => x.narrow(1, 0, 2),
        ["[number]"] = x => x[1],
        ["[range]"] = x => x[..1],
        ["[...]"] = x => x[Ellipsis, 0],
        ["[None]"] = x => x[null],
        ["roll"] = x => x.roll(1, 0),
        ["flip"] = x => x.flip(0),
        ["rot90"] = x => x.rot90(),
        ["constant pad"] = x => nn.functional.pad(x, [1, 1]),
        ["clone"] = x => x.clone(),
        ["to another type"] = x => x.@double(),
        ["contiguous of a transpose"] = x => x.t().contiguous(),
        ["lerp with a number"] = x => x.lerp(ones(2, 3), 0.5),
        ["diff"] = x => x.diff(),
        ["einsum that permutes"] = x => einsum("ij->ji", x),
        ["einsum that sums"] = x => einsum("ij->i", x),
        ["add_"] = x => x.clone().add_(1),
        ["sub_"] = x => x.clone().sub_(1),
        ["neg_"] = x => x.clone().neg_(),
        ["zero_"] = x => x.clone().zero_(),
        ["fill_"] = x => x.clone().fill_(1),
        ["copy_"] = x => ones(2, 3).copy_(x),
        ["t_"] = x => x.clone().t_(),
        ["unsqueeze_"] = x => x.clone().unsqueeze_(0),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor>> Saving = new()
    {
        ["* tensor"] = x => x * x,
        ["* number"] = x => x * 2,
        ["/ number"] = x => x / 2,
        ["pow"] = x => x.pow(2),
        ["exp"] = x => x.exp(),
        ["log"] = x => x.log(),
        ["sin"] = x => x.sin(),
        ["relu"] = x => x.relu(),
        ["sigmoid"] = x => x.sigmoid(),
        ["softmax"] = x => x.softmax(1),
        ["mm"] = x => x.mm(x.t()),
        ["matmul"] = x => x.matmul(ones(3)),
        ["norm"] = x => x.norm(),
        ["prod"] = x => x.prod(),
        ["max"] = x => x.max(),
        ["min(dim)"] = x => x.min(1).values,
        ["var"] = x => x.var(),
        ["where"] = x => where(x > 0, x, x),
        ["clamp"] = x => x.clamp(0, 1),
        ["[tensor]"] = x => x[tensor((long[])[0, 1])],
        ["[mask]"] = x => x[x > 0],
        ["gather"] = x => x.gather(1, zeros([2, 1], int64)),
        ["sort"] = x => x.sort().values,
    };

    public static TheoryData<string> FreeNames => [.. Free.Keys];

    public static TheoryData<string> SavingNames => [.. Saving.Keys];

    [Theory, MemberData(nameof(FreeNames))]
    public void What_saves_nothing_runs_again(string name)
    {
        var x = (arange(6).@float() + 0.5).view(2, 3).requires_grad_();
        var y = Free[name](x);
        y.backward(ones_like(y));
        var first = x.grad!.clone();
        y.backward(ones_like(y));
        Assert.Equal((first * 2).contiguous().view(-1).to_array<float>(), x.grad.contiguous().view(-1).to_array<float>());
    }

    [Theory, MemberData(nameof(SavingNames))]
    public void What_saves_a_tensor_refuses(string name)
    {
        var x = (arange(6).@float() + 0.5).view(2, 3).requires_grad_();
        var y = Saving[name](x);
        y.backward(ones_like(y));
        var first = x.grad!.clone();
        Assert.Equal(Transcript.Twice, Assert.Throws<RuntimeError>(() => y.backward(ones_like(y))).Message);
        Assert.Equal(first.view(-1).to_array<float>(), x.grad.view(-1).to_array<float>());
    }
}
