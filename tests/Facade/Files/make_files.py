"""Files as PyTorch 2.6 and NumPy write them, for FileTests.cs."""
import numpy as np, os, torch
torch.manual_seed(0)
here = os.path.dirname(os.path.abspath(__file__))
at = lambda name: os.path.join(here, name)
mlp = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
conv = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten())
torch.save(mlp.state_dict(), at("mlp.pt"))
torch.save(conv.state_dict(), at("conv.pt"))
optimiser = torch.optim.Adam(mlp.parameters(), lr=0.01)
mlp(torch.ones(3)).sum().backward()
optimiser.step()
torch.save(optimiser.state_dict(), at("adam.pt"))
whole = torch.arange(6.0)
torch.save({
    "types": [torch.tensor([1, 0, 2]).to(t) for t in (torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.complex128)],
    "plain": [1, -2, 2**40, 2**80, 2.5, True, None, "é", (1, (2,)), []], "turned": whole.view(2, 3).t(), "part": whole[2:4], "whole": whole, "empty": torch.zeros(0, 3), "scalar": torch.tensor(1.5),
    "parameter": torch.nn.Parameter(torch.ones(2)), "wanted": torch.ones(1, requires_grad=True), "dtype": torch.float64, "size": torch.Size([2, 3]), "device": torch.device("cpu"), 7: "number"}, at("mixed.pt"))
torch.save(torch.ones(1).expand(1 << 27), at("spread.pt"))
class Evil:
    def __reduce__(self): return (os.system, ("echo evil",))
torch.save({"x": Evil()}, at("evil.pt"))
np.savez(at("arrays.npz"), f=np.asfortranarray(np.arange(6.0).reshape(2, 3)), big=np.arange(3, dtype=">f4"), b=np.array([True, False]), z=np.array([1 + 2j]), s=np.array(1.5), h=np.array([0.5], "f2"))
np.savez_compressed(at("pressed.npz"), a=np.ones((2, 2)))
np.save(at("objects.npy"), np.array([{}], dtype=object))
