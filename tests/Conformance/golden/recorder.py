# What a call of PyTorch gives, as a line: values, derivative names, gradients and second gradients, or the error. Run by the make_*.py beside it.
import gzip,json,random,sys,warnings
import torch
warnings.simplefilter('ignore')
torch.set_num_threads(1)
f64,f32,i64,i32,u8,b8=torch.float64,torch.float32,torch.int64,torch.int32,torch.uint8,torch.bool
inf,nan=float('inf'),float('nan')
rng=random.Random(26)
calls=[]
def num(x):
    if isinstance(x,float) and (x!=x or x in (inf,-inf)): return "NaN" if x!=x else "Infinity" if x>0 else "-Infinity"
    return x
def dump(t):
    if t is None: return None
    if t._is_zerotensor(): t=torch.zeros(t.shape,dtype=t.dtype)
    return {"dtype":str(t.dtype)[6:],"shape":list(t.shape),"data":[[num(v.real),num(v.imag)] if isinstance(v,complex) else num(v) for v in t.detach().resolve_conj().contiguous().reshape(-1).tolist()]}
def rand(shape,dtype=f64,lo=-2,hi=2):
    if dtype.is_complex: return torch.complex(rand(shape,f64,lo,hi),rand(shape,f64,lo,hi)).to(dtype)
    n=1
    for s in shape: n*=s
    return torch.tensor([round(rng.uniform(lo,hi),3) for _ in range(n)],dtype=f64).to(dtype).reshape(shape)
def R(shape,dtype=f64,lo=-2,hi=2): return rand(shape,dtype,lo,hi).requires_grad_()
def T(v,dtype=f64,grad=False): return torch.tensor(v,dtype=dtype).requires_grad_(grad)
def call(op,args,kwargs=None,second=True,grads=True,form='torch'):
    kwargs=kwargs or {}
    inputs=[]
    def enc(a):
        if isinstance(a,torch.Tensor):
            for k,b in enumerate(inputs):
                if a is b: return {"in":k}
            inputs.append(a); return {"in":len(inputs)-1}
        if isinstance(a,torch.dtype): return {"dtype":str(a)[6:]}
        if isinstance(a,(list,tuple)): return [enc(x) for x in a]
        return num(a)
    eargs=[enc(a) for a in args]; ekw={k:enc(v) for k,v in kwargs.items()}
    line={"op":op,"form":form,"inputs":[dict(dump(t),requires_grad=t.requires_grad) for t in inputs],"args":eargs,"kwargs":ekw}
    calls.append(line)
    home=torch.nn.functional if form=='F' else torch
    for p in op.split('.')[:-1]: home=getattr(home,p)
    try:
        if form=='method':
            # What is written in place is a copy of the recorded input.
            first=args[0].clone() if op.endswith('_') else args[0]
            out=getattr(first,op)(*args[1:],**kwargs)
        else: out=getattr(home,op.split('.')[-1])(*args,**kwargs)
    except Exception as e:
        line["error"]={"kind":type(e).__name__.lstrip("_"),"text":str(e).split('\n')[0]}; line["outputs"]=[]; return
    out=[t for t in (list(out) if isinstance(out,(tuple,list)) else [out]) if isinstance(t,torch.Tensor)]
    line["outputs"]=[dump(t) for t in out]
    want=[t for t in inputs if t.requires_grad]
    seeded=[t for t in out if t.requires_grad]
    if not grads or not want or not seeded: return
    cot=[rand(tuple(t.shape),t.dtype).requires_grad_() if t.requires_grad else None for t in out]
    cot1=[c for c in cot if c is not None]
    try: g=torch.autograd.grad(seeded,want,cot1,create_graph=True,allow_unused=True)
    except RuntimeError as e: print('no gradient',op,str(e)[:90]); return
    at=lambda t:[i for i,b in enumerate(inputs) if b is t][0]
    line["cotangents"]=[dump(c) for c in cot]; line["grad_fn"]=[t.grad_fn.name() if t.grad_fn else None for t in out]
    full=[None]*len(inputs); probes=[None]*len(inputs); g2f=[None]*len(inputs); terms=[]
    for t,x in zip(want,g):
        full[at(t)]=dump(x)
        if x is None: continue
        p=rand(tuple(x.shape),x.dtype); probes[at(t)]=dump(p)
        if x.requires_grad: terms.append((x*p).sum().real if x.is_complex() else (x*p).sum())
    line["grads"]=full
    if not terms or not second: return
    try: g2=torch.autograd.grad(terms,want+cot1,allow_unused=True)
    except RuntimeError as e: print('no second gradient',op,str(e)[:90]); return
    for t,x in zip(want,g2): g2f[at(t)]=dump(x)
    line["probes"]=probes; line["grads2"]=g2f
    if len(cot1)==1: line["grads2_cotangent"]=dump(g2[-1])
def save():
    with gzip.GzipFile(sys.argv[1],'wb',mtime=0) as f:
        for c in calls: f.write((json.dumps(c,separators=(',',':'))+'\n').encode())
    print(len(calls),sum('error' in c for c in calls),sum('grads2' in c for c in calls))
