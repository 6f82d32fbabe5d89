# Records half.json with PyTorch 2.6; ElementTests reads it.
import torch, json, math
rows=[]
def enc(t): return [repr(float(a)) for a in t.detach().flatten()]
F=torch.nn.functional
fs={n:getattr(torch,n) for n in "neg abs sign exp expm1 log1p sqrt sin cos tanh sigmoid reciprocal square relu erf".split()}
fs.update(softplus=F.softplus,gelu=F.gelu,silu=F.silu,softmax=lambda x: torch.softmax(x.view(3,4),1).flatten(),log_softmax=lambda x: torch.log_softmax(x.view(3,4),1).flatten(),
 sum=lambda x: x.view(3,4).sum(1),mean=lambda x: x.view(3,4).mean(1),prod=lambda x:x.view(3,4).prod(1),var=lambda x: x.view(3,4).var(1),norm=lambda x: x.view(3,4).norm(dim=1),max=lambda x: x.view(3,4).max(1).values,
 cumsum=lambda x: x.view(3,4).cumsum(1).flatten(),add=lambda x: x+x.flip(0),mul=lambda x: x*x.flip(0),div=lambda x: x/(x.flip(0)+3),pow=lambda x:x.abs()**1.5,
 matmul=lambda x: (x.view(3,4)@x.view(4,3)).flatten(),scalar=lambda x: x*0.1+1.7,where=lambda x: torch.where(x>0.5,x*x,-x),clamp=lambda x: x.clamp(-0.5,0.75),
 logsumexp=lambda x: torch.logsumexp(x.view(3,4),1), sort=lambda x: torch.sort(x.view(3,4),1).values.flatten(), index=lambda x: x[torch.tensor([0,3,3,7])], pad=lambda x: F.pad(x,(1,2)), cat=lambda x: torch.cat([x,x*x]))
for dt in (torch.float16,torch.bfloat16):
    x0=torch.tensor([0.5,-1.25,0.811,2.3,-0.07,0.33,1.91,-2.6,3.1,0.001,0.75,-0.5],dtype=torch.float64).to(dt)
    x0a=x0.abs()+0.01
    for name,f in fs.items():
        x=(x0a if name in("sqrt","log1p","reciprocal") else x0).clone().requires_grad_()
        y=f(x)
        w=torch.tensor([math.cos(k) for k in range(y.numel())],dtype=torch.float64).to(dt)
        g,=torch.autograd.grad(y,x,w)
        assert y.dtype==dt and g.dtype==dt
        rows.append(dict(name=name,dtype=str(dt)[6:],x=enc(x),w=enc(w),y=enc(y),g=enc(g)))
# promotion table
names="bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()
prom=[[str(torch.promote_types(getattr(torch,a),getattr(torch,b)))[6:] for b in names] for a in names]
# casts from float64
vals=[0.1,1/3,65504.0,65519.9,65520.0,1e-8,6e-8,5.96e-8,2.98e-8,2.99e-8,1e5,-1e-3,3.4e38,1e39,1.00390625,1.0009765625,1.00048828125,1.001464843750,0.0,-0.0,float('inf'),float('-inf')]
cast={str(dt)[6:]:[repr(float(torch.tensor(v,dtype=torch.float64).to(dt))) for v in vals] for dt in (torch.float16,torch.bfloat16)}
json.dump(dict(rows=rows,promotion=prom,names=names,values=[repr(v) for v in vals],cast=cast),open('half.json','w'))
print(len(rows))
