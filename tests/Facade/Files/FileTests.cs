using Functional.Autograd;
using static Functional.Autograd.torch;

namespace Facade;

/// <summary>Files of PyTorch and NumPy, which make_files.py wrote, are read; ours are read back; damaged ones are refused.</summary>
public class FileTests
{
    // FLIPS=10000 tries more of them.
    private static readonly int Flips = int.TryParse(Environment.GetEnvironmentVariable("FLIPS"), out var n) ? n : 1500;

    private static string Given(string name) => Path.Combine(AppContext.BaseDirectory, "Files", name);

    private static void Beside(Action<string> use)
    {
        var folder = Directory.CreateTempSubdirectory("files");
        try
        {
            use(Path.Combine(folder.FullName, "x"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void State_dicts_of_PyTorch_go_into_modules()
    {
        var mlp = new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2));
        mlp.load_state_dict(load(Given("mlp.pt")));
        Assert.Equal("tensor([-0.1338,  0.0367])", mlp.call(ones(3)).detach().ToString());
        var conv = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.BatchNorm2d(2), new nn.Flatten());
        OrderedDictionary<string, Tensor> state = load(Given("conv.pt"));
        Assert.Equal("0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked", string.Join(' ', state.Keys));
        conv.load_state_dict(state);
        var adam = load(Given("adam.pt"));
        Assert.Equal(0.01, (double)adam["param_groups"][0]["lr"]);
        Assert.Equal(3, (long)adam["param_groups"][0]["params"][-1]);
        Assert.Equal("tensor(1.)", ((Tensor)adam["state"][0]["step"]).ToString());
        Assert.Equal("tensor([0.1000, 0.1000])", ((Tensor)adam["state"][3]["exp_avg"]).ToString());
    }

    [Fact]
    public void Values_of_every_kind_are_read()
    {
        var file = load(Given("mixed.pt"));
        string[] types = ["tensor([ True, False,  True])", "tensor([1, 0, 2], dtype=torch.uint8)", "tensor([1, 0, 2], dtype=torch.int8)", "tensor([1, 0, 2], dtype=torch.int16)", "tensor([1, 0, 2], dtype=torch.int32)", "tensor([1, 0, 2])", "tensor([1., 0., 2.], dtype=torch.float16)", "tensor([1., 0., 2.], dtype=torch.bfloat16)", "tensor([1., 0., 2.])", "tensor([1., 0., 2.], dtype=torch.float64)", "tensor([1.+0.j, 0.+0.j, 2.+0.j])", "tensor([1.+0.j, 0.+0.j, 2.+0.j], dtype=torch.complex128)"];
        for (var k = 0; k < types.Length; k++) Assert.Equal(types[k], ((Tensor)file["types"][k]).ToString());
        Assert.Equal("1 -2 1099511627776 1208925819614629174706176 2.5 True  é", string.Join(' ', Enumerable.Range(0, 8).Select(k => file["plain"][k])));
        Assert.Equal(2, (long)file["plain"][8][1][0]);
        Tensor turned = file["turned"], part = file["part"], whole = file["whole"], parameter = file["parameter"], wanted = file["wanted"];
        Assert.Equal("tensor([[0., 3.],\n        [1., 4.],\n        [2., 5.]])", turned.ToString());
        Assert.Equal([1, 3], turned.stride());
        Assert.False(turned._is_view());
        // As in PyTorch, what shared elements shares them again.
        whole[2] = 9;
        Assert.Equal("tensor([9., 3.])", part.ToString());
        Assert.Equal("tensor([], size=(0, 3))", ((Tensor)file["empty"]).ToString());
        Assert.Equal(1.5f, (float)(Tensor)file["scalar"]);
        Assert.IsType<nn.Parameter>(parameter);
        Assert.True(wanted.requires_grad);
        Assert.Equal((float64, new Size([2, 3]), new device("cpu"), "number"), (file["dtype"].Value, file["size"].Value, file["device"].Value, (string)file[7]));
        Assert.Equal("the file holds str here, not Tensor", Assert.Throws<TypeError>(() => (Tensor)file[7]).Message);
        Assert.Equal("list index out of range", Assert.Throws<IndexError>(() => file["types"][12]).Message);
    }

    [Fact]
    public void What_is_written_is_read_back() => Beside(path =>
    {
        var (w, t) = (tensor(new[,] { { 1f, 2 }, { 3, 4 } }), new OrderedDictionary<string, Tensor> { ["weight"] = ones(2) });
        save(new Dictionary<string, object?> { ["w"] = w, ["same"] = w.detach(), ["t"] = w.t(), ["n"] = -3, ["big"] = 1L << 40, ["list"] = new List<object?> { "é", null, true, 2.5 }, ["tuple"] = (1, "a"), ["p"] = new nn.Parameter(ones(2)), ["bf"] = ones(2).to(bfloat16), ["c"] = complex(ones(1), ones(1)), ["state"] = t, ["type"] = int8, ["size"] = w.shape }, path);
        var file = load(path);
        Assert.Equal("tensor([[1., 3.],\n        [2., 4.]])", ((Tensor)file["t"]).ToString());
        Assert.Equal((-3, 1L << 40, 2.5, "a", "tensor([1.+1.j])", "tensor([1., 1.], dtype=torch.bfloat16)", int8, w.shape),
            ((long)file["n"], (long)file["big"], (double)file["list"][3], (string)file["tuple"][1], ((Tensor)file["c"]).ToString(), ((Tensor)file["bf"]).ToString(), file["type"].Value, file["size"].Value));
        ((Tensor)file["w"])[0, 0] = 7;
        Assert.Equal(7f, (float)((Tensor)file["same"])[0, 0]);
        Assert.Equal(["weight"], ((OrderedDictionary<string, Tensor>)file["state"]).Keys);
        Assert.Equal("cannot pickle 'Object' object", Assert.Throws<TypeError>(() => save(new object(), path)).Message);
        Assert.Equal(7f, (float)((Tensor)file["w"])[0, 0]);
        Assert.Equal(-3, (long)load(path)["n"]);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    });

    [Fact]
    public void Arrays_of_NumPy_are_read_and_written() => Beside(path =>
    {
        var arrays = numpy.loadz(Given("arrays.npz"));
        Assert.Equal("tensor([[0., 1., 2.],\n        [3., 4., 5.]], dtype=torch.float64)|tensor([0., 1., 2.])|tensor([ True, False])|tensor([1.+2.j], dtype=torch.complex128)|tensor(1.5000, dtype=torch.float64)|tensor([0.5000], dtype=torch.float16)", string.Join('|', arrays.Values));
        Assert.Equal([1, 2], arrays["f"].stride());
        Assert.Equal("tensor([[1., 1.],\n        [1., 1.]], dtype=torch.float64)", numpy.loadz(Given("pressed.npz"))["a"].ToString());
        numpy.savez(path, arrays);
        Assert.Equal(string.Join('|', arrays.Values), string.Join('|', numpy.loadz(path).Values));
        numpy.save(path, arrays["f"]);
        Assert.Equal(arrays["f"].ToString(), numpy.load(path).ToString());
        Assert.Equal("Got unsupported ScalarType BFloat16", Assert.Throws<TypeError>(() => numpy.save(path, ones(1).to(bfloat16))).Message);
        Assert.Contains("the header is not that of plain numbers", Assert.Throws<FileFormatError>(() => numpy.load(Given("objects.npy"))).Message);
    });

    [Fact]
    public void Safetensors_are_written_and_read() => Beside(path =>
    {
        var tensors = new Dictionary<string, Tensor> { ["a"] = arange(6f).view(2, 3).t(), ["b"] = tensor(new[] { true, false }), ["h"] = ones(2).to(bfloat16), ["i"] = arange(3), ["e"] = zeros(0), ["s"] = tensor(2.0, dtype: float64) };
        safetensors.save_file(tensors, path, new Dictionary<string, string> { ["format"] = "pt" });
        var read = safetensors.load_file(path);
        foreach (var (name, x) in tensors) Assert.Equal(x.ToString(), read[name].ToString());
        Assert.Equal("safetensors: tensors of torch.complex128 have no place in the format", Assert.Throws<ValueError>(() => safetensors.save_file(new Dictionary<string, Tensor> { ["z"] = zeros([1], dtype: complex128) }, path)).Message);
        // The header of the format's own documentation.
        var header = """{"t":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"__metadata__":{"format":"pt"}}"""u8;
        File.WriteAllBytes(path, [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header, 0, 0x3C, 0, 0x40]);
        Assert.Equal("tensor([[1., 2.]], dtype=torch.float16)", safetensors.load_file(path)["t"].ToString());
    });

    [Fact]
    public void Tensors_that_overlap_are_refused() => Beside(path =>
    {
        var header = """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"""u8;
        File.WriteAllBytes(path, [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header, 1, 2, 3]);
        Assert.Equal("safetensors: the offsets 1 to 3 of tensor b are wrong", Assert.Throws<FileFormatError>(() => safetensors.load_file(path)).Message);
    });

    /// <summary>A small file can spread one element over any shape, which would take room for every place.</summary>
    [Fact]
    public void A_small_file_asks_for_no_large_tensor()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("134217728 elements are shown of 1", Assert.Throws<FileFormatError>(() => load(Given("spread.pt"))).Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 << 20);
    }

    [Fact]
    public void No_file_calls_anything() =>
        Assert.Equal("Weights only load failed. Unsupported global: GLOBAL posix.system was not an allowed global by default.", Assert.Throws<FileFormatError>(() => load(Given("evil.pt"))).Message);

    [Fact]
    public void Every_element_is_under_a_checksum() => Beside(path =>
    {
        save(arange(4f) + 1000, path);
        var bytes = File.ReadAllBytes(path);
        var at = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x00, 0x00, 0x7A, 0x44]);
        bytes[at + 1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Equal("load: the checksum of entry x/data/0 is wrong", Assert.Throws<FileFormatError>(() => load(path)).Message);
    });

    [Fact]
    public void A_file_stays_as_it_was_when_writing_fails() => Beside(path =>
    {
        save(tensor(1.5), path);
        List<object?> endless = [];
        endless.Add(endless);
        Assert.Equal("save: values are nested too deeply, or hold themselves", Assert.Throws<RuntimeError>(() => save(endless, path)).Message);
        Assert.Equal(1.5f, (float)(Tensor)load(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    });

    /// <summary>Flipped bytes: either nothing of what they say has changed, or the file is refused, with no more memory than it is long and 16 MB.</summary>
    [Theory, InlineData("mixed.pt"), InlineData("mlp.pt"), InlineData("arrays.npz"), InlineData("safe")]
    public void Damaged_files_are_refused(string name) => Beside(path =>
    {
        if (name == "safe") safetensors.save_file(new Dictionary<string, Tensor> { ["a"] = arange(6f), ["b"] = ones(2, 2) }, path);
        var bytes = File.ReadAllBytes(name == "safe" ? path : Given(name));
        // Each reading of a storage takes it twice, once as bytes.
        var most = 2 * bytes.Length + (16 << 20);
        var (random, refused) = (new Random(5), 0);
        for (var flip = 0; flip < Flips; flip++)
        {
            byte[] damaged = [.. bytes];
            for (var k = random.Next(1, 4); k > 0; k--) damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            if (flip % 10 == 0) damaged = damaged[..random.Next(bytes.Length)];
            File.WriteAllBytes(path, damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (name == "safe") safetensors.load_file(path);
                else if (name.EndsWith("npz", StringComparison.Ordinal)) numpy.loadz(path);
                else load(path);
            }
            catch (FileFormatError)
            {
                refused++;
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < most, $"flip {flip}: {GC.GetAllocatedBytesForCurrentThread() - before} bytes");
        }
        Assert.True(refused > Flips / 4, $"{refused} refused");
    });
}
