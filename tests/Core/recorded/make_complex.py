# Records complex.json with PyTorch 2.6; ElementTests reads it.
import torch, json, math
torch.manual_seed(0)
rows=[]
z0=torch.tensor([0.5+0.25j,-1.3+0.7j,0.8-1.9j,-0.6-0.4j,2.0+0j,-2.0+0j,0.0+1.5j,0.0-0.5j,0.3+0j,-0.3+0j,1e-3+1e-3j,3.0+40.0j],dtype=torch.complex128)
w=torch.tensor([complex(math.cos(k),math.sin(2*k)) for k in range(len(z0))],dtype=torch.complex128)
v=torch.tensor([complex(math.sin(k+1),math.cos(3*k)) for k in range(len(z0))],dtype=torch.complex128)
def enc(t):
    t=t.detach()
    if t.is_complex(): return [[repr(float(a.real)),repr(float(a.imag))] for a in t.flatten()]
    return [[repr(float(a)),"0.0"] for a in t.flatten()]
fs={n:getattr(torch,n) for n in "neg abs sgn exp exp2 expm1 log log2 log10 log1p sqrt rsqrt sin cos tan sinh cosh tanh asin acos atan asinh acosh atanh sigmoid reciprocal square angle conj".split()}
fs["pow2.5"]=lambda z: z**2.5
fs["pow2"]=lambda z: z**2
fs["pow_base"]=lambda z: torch.pow(torch.tensor(1.5+0.5j,dtype=z.dtype),z)
fs["powz"]=lambda z: z**z
fs["div"]=lambda z: (z+1)/(z*z+2)
fs["mulconj"]=lambda z: z*z.conj()+z.conj()
fs["real"]=lambda z: z.real*z.imag
fs["cumprod"]=lambda z: torch.cumprod(z,0)
fs["prod"]=lambda z: torch.prod(z.view(3,4),1).repeat_interleave(4)
fs["matmul"]=lambda z: (z.view(3,4)@z.view(4,3)@z.view(3,4)).flatten()
fs["norm"]=lambda z: torch.linalg.vector_norm(z.view(3,4),dim=1).repeat_interleave(4)
fs["var"]=lambda z: torch.var(z.view(3,4),dim=1).repeat_interleave(4)
fs["mean"]=lambda z: torch.mean(z.view(3,4)*z.view(3,4),dim=1).repeat_interleave(4)
for name,f in fs.items():
    z=z0.clone().requires_grad_()
    y=f(z)
    loss=((y*w).real if y.is_complex() else y*w.real).sum()
    g,=torch.autograd.grad(loss,z,create_graph=True)
    h=None
    if g.requires_grad:
        h,=torch.autograd.grad((g*v.conj()).real.sum(),z,allow_unused=True)
    rows.append(dict(name=name,y=enc(y),g=enc(g),h=enc(h) if h is not None else None))
json.dump(dict(z=enc(z0),w=enc(w),v=enc(v),rows=rows),open('complex.json','w'))
print(len(rows))
