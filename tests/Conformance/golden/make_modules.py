"""Records modules.jsonl.gz with PyTorch 2.6: python make_modules.py modules.jsonl.gz"""
import torch, json, random as pyr, gzip, sys, warnings, math
import torch.nn.functional as F
warnings.simplefilter('ignore')
rng=pyr.Random(7)
f32,f64,i64=torch.float32,torch.float64,torch.int64
def num(x):
    if isinstance(x,bool): return x
    if isinstance(x,int): return x
    if math.isnan(x): return "NaN"
    if math.isinf(x): return "Infinity" if x>0 else "-Infinity"
    return x
def dump(t):
    return None if t is None else {"dtype":str(t.dtype)[6:],"shape":list(t.shape),"data":[num(v) for v in t.detach().contiguous().reshape(-1).tolist()]}
def rand(shape,dtype,lo=-2,hi=2,special=False):
    n=1
    for s in shape: n*=s
    v=[]
    for _ in range(n):
        x=round(rng.uniform(lo,hi),3)
        if special and rng.random()<.25: x=rng.choice([lo,hi,0.,1.,(lo+hi)/2])
        v.append(x)
    return torch.tensor(v,dtype=f64).to(dtype).reshape(shape)
calls=[]
def call(op,args,kwargs=None,grads=True,second=True):
    kwargs=kwargs or {}
    inputs=[]
    def enc(a):
        if isinstance(a,torch.Tensor):
            for k,b in enumerate(inputs):
                if a is b: return {"in":k}
            inputs.append(a); return {"in":len(inputs)-1}
        if isinstance(a,(list,tuple)): return [enc(x) for x in a]
        return a
    eargs=[enc(a) for a in args]; ekw={k:enc(v) for k,v in kwargs.items()}
    line={"op":op,"form":"F","inputs":[dict(dump(t),requires_grad=t.requires_grad) for t in inputs],"args":eargs,"kwargs":ekw}
    try:
        out=getattr(F,op)(*args,**kwargs)
    except Exception as e:
        line["error"]={"kind":type(e).__name__,"text":str(e).split('\n')[0].replace("  (Could this error message be improved","  (Could this error message be improved")}; line["outputs"]=[]; calls.append(line); return
    line["outputs"]=[dump(out)]
    want=[t for t in inputs if t.requires_grad]
    if grads and out.requires_grad:
        cot=rand(tuple(out.shape),out.dtype).requires_grad_()
        try: g=torch.autograd.grad([out],want,[cot],create_graph=True,allow_unused=True)
        except RuntimeError as e: print('no grads',op,str(e)[:60]); calls.append(line); return
        line["cotangents"]=[dump(cot)]; line["grad_fn"]=[out.grad_fn.name() if out.grad_fn else None]
        full=[None]*len(inputs); probes=[None]*len(inputs); g2f=[None]*len(inputs)
        for t,x in zip(want,g):
            k=[i for i,b in enumerate(inputs) if b is t][0]; full[k]=dump(x)
        line["grads"]=full
        terms=[]
        for t,x in zip(want,g):
            k=[i for i,b in enumerate(inputs) if b is t][0]
            if x is None: continue
            p=rand(tuple(x.shape),x.dtype); probes[k]=dump(p)
            if x.requires_grad: terms.append((x*p).sum())
        if terms and second:
            try:
                g2=torch.autograd.grad(terms,want+[cot],allow_unused=True)
                for t,x in zip(want,g2[:-1]):
                    k=[i for i,b in enumerate(inputs) if b is t][0]; g2f[k]=dump(x)
                line["probes"]=probes; line["grads2"]=g2f; line["grads2_cotangent"]=dump(g2[-1])
            except RuntimeError as e: pass
    calls.append(line)
def R(shape,dtype=f64,lo=-2,hi=2,special=False): return rand(shape,dtype,lo,hi,special).requires_grad_()
def T(v,dtype=i64): return torch.tensor(v,dtype=dtype)
def classes(shape,C,ignored=None,p=.3):
    n=1
    for s in shape: n*=s
    return torch.tensor([ignored if ignored is not None and rng.random()<p else (rng.randrange(C) if C else 0) for _ in range(n)],dtype=i64).reshape(shape)
D=lambda: rng.choice([f64,f64,f64,f32])
red=['mean','sum','none']
# losses
for op in ('mse_loss','l1_loss'):
    for shape in [(),(1,),(3,),(0,),(2,3),(2,0),(1,1,2)]:
        for r in red:
            if rng.random()<.6: dt=D(); call(op,[R(shape,dt),R(shape,dt)],{'reduction':r})
    call(op,[R((2,3)),R((3,))]); call(op,[R((2,1)),R((1,3))],{'reduction':'none'}); call(op,[R((2,)),R((3,))]); call(op,[R((2,),f32),R((2,),f64)]); call(op,[T([1,2]),T([3,4])]); call(op,[T([1,2]),R((2,))]); call(op,[R((2,)),R((2,))],{'reduction':'x'})
    a=R((3,)); call(op,[a,a])
for (shape,ts) in [((2,3),(2,)),((3,),()),((4,2),(4,)),((1,1),(1,)),((0,3),(0,)),((2,3,4),(2,4)),((2,3,2,2),(2,2,2)),((1,2,1,1,2),(1,1,1,2)),((2,3,0),(2,0)),((1,3,1),(1,1))]:
    C=shape[0] if len(shape)==1 else shape[1]
    for op in ('nll_loss','cross_entropy'):
        for r in red:
            ign=rng.choice([None,None,-100,1]); kw={'reduction':r}
            if ign is not None and ign!=-100: kw['ignore_index']=ign
            dt=D(); x=R(shape,dt); t=classes(ts,C,ign)
            if rng.random()<.35: kw['weight']=rand((C,),dt,.2,2)
            if op=='cross_entropy' and rng.random()<.25: kw['label_smoothing']=.2
            call(op,[x,t],kw,second=r!='mean' or 0 not in shape)   # the gradient of a mean of nothing by its cotangent: NaN in PyTorch, 0 here
for op in ('nll_loss','cross_entropy'):
    O=lambda *s: rand(s,f64)
    for r in red: call(op,[R((2,3)),T([-100,-100])],{'reduction':r}); call(op,[R((2,3)),T([2,2])],{'reduction':r,'ignore_index':2}); call(op,[R((2,3)),T([0,2])],{'reduction':r,'weight':torch.tensor([0.,1.,0.],dtype=f64)})
    for x,t in [((2,3),T([0,3])),((2,3),T([0,-1])),((2,3),T([0])),((2,3),T([0,1,2])),((2,3),T(0)),((3,),T([1])),((3,),T([1,1])),((),T(0)),((2,3),T([0,1],torch.int32)),((2,3),T([True,False],torch.bool)),((2,3),torch.tensor([0.,1.])),((2,0),T([0,0])),((2,3,4),classes((2,3),3)),((2,3,4),classes((2,),3)),((2,3,4,5),classes((2,4,4),3)),((2,3),classes((2,3),3)),((2,3),T([0,1],torch.uint8)),((2,3,2,2),classes((2,2),3))]: call(op,[R(x),t])
    call(op,[R((2,3)),T([0,1])],{'reduction':'x'}); call(op,[R((2,3)),T([0,1])],{'weight':O(2)}); call(op,[R((2,3)),T([0,1])],{'weight':rand((3,),f32)}); call(op,[R((2,3,2,2)),classes((2,2,2),3)],{'weight':O(2)}); call(op,[T([[1,2],[3,4]]),T([0,1])])
    call(op,[R((2,3)),T([0,5])],{'ignore_index':5})
for shape in [(2,3),(3,),(2,3,2),(1,1),(0,3),(2,0)]:
    for r in red:
        kw={'reduction':r}
        if rng.random()<.4: kw['weight']=rand((shape[0] if len(shape)==1 else shape[1],),f64,.2,2)
        if rng.random()<.4: kw['label_smoothing']=rng.choice([.1,1.])
        call('cross_entropy',[R(shape),R(shape,lo=0,hi=1)],kw)
call('cross_entropy',[R((2,3)),rand((2,2),f64)]); call('cross_entropy',[R((2,3)),rand((2,3),f64)],{'ignore_index':1}); call('cross_entropy',[R((2,3)),T([0,1])],{'label_smoothing':1.1}); call('cross_entropy',[R((2,3)),rand((2,3),f64)],{'weight':rand((2,),f64)}); call('cross_entropy',[R((2,3),f32),rand((2,3),f64,0,1)],grads=False)
for shape in [(),(1,),(4,),(0,),(2,3)]:
    for r in red:
        dt=D(); call('binary_cross_entropy',[R(shape,dt,0.05,.95),R(shape,dt,0,1)],{'reduction':r}); call('binary_cross_entropy_with_logits',[R(shape,dt,-6,6,True),R(shape,dt,0,1,True)],{'reduction':r})
for x,t in [([0.,0.5,1.,.5],[1.,0.,0.,.5])]:
    for dt in (f32,f64):
        for r in red: call('binary_cross_entropy',[torch.tensor(x,dtype=dt).requires_grad_(),torch.tensor(t,dtype=dt)],{'reduction':r},second=False)
        call('binary_cross_entropy_with_logits',[torch.tensor([0.,0.,100.,-100.,1e-30],dtype=dt).requires_grad_(),torch.tensor([0.,1.,0.,1.,.5],dtype=dt).requires_grad_()])
b='binary_cross_entropy'
for a,t in [(rand((2,),f64,.1,.9),rand((1,),f64,0,1)),(rand((2,),f64,.1,.9),rand((2,1),f64,0,1)),(torch.tensor([1.5,.5]),torch.ones(2)),(torch.tensor([-.1,.5]),torch.ones(2)),(torch.tensor([float('nan'),.5]),torch.ones(2)),(torch.ones(2)/2,torch.ones(2)*3),(torch.ones(2)/2,T([1,0])),(T([1,0]),torch.ones(2)),(torch.ones(2)/2,torch.ones(2,dtype=f64)),(T([1,0]),T([1,0]))]:
    call(b,[a,t]); call(b+'_with_logits',[a,t])
call(b,[torch.ones(2)/2,torch.ones(2)],{'reduction':'x'}); call(b+'_with_logits',[torch.ones(2)/2,torch.ones(2)],{'reduction':'x'})
# convolution
for _ in range(34):
    g=rng.choice([1,1,2]); ci=g*rng.choice([1,2]); co=g*rng.choice([1,2]); k=[rng.choice([1,2,3]),rng.choice([1,2])]; h=[rng.choice([3,4,5]),rng.choice([2,3,4])]
    st=rng.choice([[1],[2],[1,2],[2,1]]); pd=rng.choice([[0],[1],[0,1]]); dl=rng.choice([[1],[1],[2],[1,2]])
    n=rng.choice([1,2,2,0,None]); dt=D()
    x=R(([] if n is None else [n])+[ci]+h,dt); w=R([co,ci//g]+k,dt); bb=R([co],dt) if rng.random()<.6 else None
    kw={'stride':st,'padding':pd,'dilation':dl}
    if g>1: kw['groups']=g
    call('conv2d',[x,w,bb] if bb is not None else [x,w],kw,second=n!=0)
Z=lambda *s,dtype=f32: torch.zeros(*s,dtype=dtype)
O=lambda *s,dtype=f32: torch.ones(*s,dtype=dtype)
for x,w,bb,kw in [(Z(1,1,3,3),Z(1,1,2,2,dtype=f64),None,{}),(Z(1,1,3,3,dtype=f64),Z(1,1,2,2),None,{}),(Z(1,1,3,3),Z(1,1,2,2),Z(1,dtype=f64),{}),(O(1,1,3,3,dtype=i64),O(1,1,2,2,dtype=i64),None,{}),(O(1,1,3,3,dtype=i64),O(1,1,2,2),None,{}),(O(1,1,3,3,dtype=torch.bool),O(1,1,2,2,dtype=torch.bool),None,{}),(Z(1,3,3,3),Z(1,2,2,2),None,{}),(Z(3,3,3),Z(1,2,2,2),None,{}),(Z(1,4,3,3),Z(3,2,2,2),None,{'groups':2}),(Z(1,4,3,3),Z(3,1,2,2),None,{'groups':3}),(Z(1,4,3,3),Z(3,1,2,2),None,{'groups':0}),(Z(1,1,3,3),Z(2,1,2,2),Z(3),{}),(Z(1,1,3,3),Z(2,1,2,2),Z(2,1),{}),(Z(1,1,3,3),Z(1,1,4,4),None,{}),(Z(1,1,2,3),Z(1,1,5,5),None,{'padding':[1]}),(Z(1,1,3,3),Z(1,1,2,2),None,{'dilation':[3]}),(Z(1,1,3,3),Z(1,1,2,2),None,{'stride':[0]}),(Z(1,1,3,3),Z(1,1,2,2),None,{'stride':[-1]}),(Z(1,1,3,3),Z(1,1,2,2),None,{'padding':[-1]}),(Z(1,1,3,3),Z(1,1,2,2),None,{'dilation':[0]}),(Z(1,1,3,3),Z(1,1,2,2),None,{'dilation':[-1]}),(Z(()),Z(1,1,1,1),None,{}),(Z(1),Z(1,1,1,1),None,{}),(Z(1,1),Z(1,1,1,1),None,{}),(Z(1,1,1,1,1),Z(1,1,1,1),None,{}),(Z(1,1,3,3),Z(1,1),None,{}),(Z(1,1,3,3),Z(1,1,1),None,{}),(Z(1,1,3,3),Z(1,1,1,1,1),None,{}),(Z(1,1,3,3),Z(0,1,2,2),None,{}),(Z(1,1,3,3),Z(1,1,0,2),None,{}),(Z(1,1,0,3),Z(1,1,1,1),None,{}),(Z(1,1,3,3),Z(1,1,1,1),None,{'stride':[1,1,1]})]:
    call('conv2d',[x,w]+([bb] if bb is not None else []),kw)
# pools
for op in ('max_pool2d','avg_pool2d'):
    for _ in range(16):
        k=rng.choice([[2],[3],[2,3],[1],[3,1]]); st=rng.choice([None,[1],[2],[1,2]]); pd=rng.choice([[0],[0],[min(k)//2]]); n=rng.choice([1,2,0,None])
        kw={'padding':pd}
        if st: kw['stride']=st
        call(op,[R(([] if n is None else [n])+[rng.choice([1,2]),rng.choice([3,4,5]),rng.choice([3,4])],D(),special=True),k],kw)
    for x,k,kw in [(Z(1,1,4,4),[2],{'padding':[2]}),(Z(1,1,4,4),[3],{'padding':[2]}),(Z(1,1,4,4),[2],{'padding':[-1]}),(Z(1,1,4,4),[0],{}),(Z(1,1,4,4),[-1],{}),(Z(1,1,4,4),[2],{'stride':[0]}),(Z(1,1,4,4),[2],{'stride':[-1]}),(Z(1,1,2,2),[3],{}),(Z(4,4),[2],{}),(Z(1,1,1,4,4),[2],{}),(O(1,1,4,4,dtype=i64),[2],{}),(O(1,1,4,4,dtype=i64),[2],{'padding':[1]}),(Z(1,0,4,4),[2],{}),(Z(1,1,0,4),[2],{}),(Z(1,1,4,4),[2,2,2],{}),(Z(1,1,4,4),[2],{'padding':[1,1,1]}),(torch.tensor([[[1.,float('nan')],[3.,2.]]]),[2],{}),(Z(1,1,4,4),[2,4],{'padding':[1,2]}),(Z(1,1,4,4),[2,4],{'padding':[2,1]}),(Z(1,1,4,4),[2],{'stride':[1,1,1]})]: call(op,[x,k],kw)
call('max_pool2d',[O(1,1,4,4,dtype=torch.bool),[2]])
# norms
for shape,ns in [((2,3),[3]),((2,3),[2,3]),((3,),[3]),((2,1),[1]),((0,3),[3]),((2,0),[0]),((2,2,3),[2,3]),((1,),[1])]:
    for w,bb in [(0,0),(1,0),(0,1),(1,1)]:
        dt=D(); call('layer_norm',[R(shape,dt),ns]+([R(ns,dt)] if w else [None])+([R(ns,dt)] if bb else [None]),{'eps':rng.choice([1e-5,.1])})
call('layer_norm',[torch.ones(2,3,dtype=f64).requires_grad_(),[3]])
for x,ns,w,bb in [(O(2,3),[2],None,None),(O(2,3),[3,2],None,None),(O(2,3),[],None,None),(O(3),[2,3],None,None),(O(2,3),[3],O(2),None),(O(2,3),[3],O(3),O(2)),(O(2,3),[3],O(3,dtype=f64),None),(O(2,3,dtype=f64),[3],None,O(3)),(O(2,3,dtype=i64),[3],None,None),(O(()),[1],None,None)]: call('layer_norm',[x,ns,w,bb])
for shape in [(2,3),(4,1),(2,3,2),(2,2,2,2),(3,2,1)]:
    for tr in (True,False):
        for w in (0,1):
            dt=D(); C=shape[1]
            call('batch_norm',[R(shape,dt),rand((C,),dt),rand((C,),dt,.3,2)]+([R((C,),dt),R((C,),dt)] if w else [None,None]),{'training':tr,'momentum':.3,'eps':rng.choice([1e-5,.1])})
call('batch_norm',[R((3,2)),None,None],{'training':True}); call('batch_norm',[R((3,2)),None,None,None,R((2,))],{'training':True})
for x,m,v,w,bb,kw in [(O(2,3),None,None,None,None,{}),(O(2,3),Z(3),None,None,None,{}),(O(2,3),Z(2),O(3),None,None,{}),(O(2,3),Z(3),O(2),None,None,{}),(O(2,3),Z(3),O(3),O(2),None,{}),(O(2,3),Z(3),O(3),O(3),O(2),{}),(O(2,3,dtype=i64),Z(3),O(3),None,None,{}),(O(1,3),None,None,None,None,{'training':True}),(O(1,3,1,1),None,None,None,None,{'training':True}),(O(()),Z(1),O(1),None,None,{}),(O(3),Z(3),O(3),None,None,{}),(R((0,3)),None,None,None,None,{'training':True}),(R((0,3)),Z(3,dtype=f64),O(3,dtype=f64),R((3,)),R((3,)),{}),(O(2,3),Z(3,dtype=f64),O(3,dtype=f64),None,None,{}),(O(2,3),Z(3),O(3),O(3,dtype=f64),None,{}),(O(2,3,dtype=f64),Z(3),O(3),None,None,{}),(O(2,3),R((3,),f32),O(3),None,None,{})]: call('batch_norm',[x,m,v,w,bb],kw)
# embedding, linear, one_hot, activations
for i in [T([0,1]),T([[1,0],[1,1]]),T(1),torch.zeros(0,dtype=i64),torch.zeros(2,0,dtype=i64),T([1],torch.int32)]: call('embedding',[i,R((2,3))])
for i,w in [(torch.tensor([0.]),O(2,3)),(T([2]),O(2,3)),(T([-1]),O(2,3)),(T([0],torch.uint8),O(2,3)),(T([True],torch.bool),O(2,3)),(T([0]),O(3)),(T([0]),O(2,3,4)),(T([0]),O(())),(T([1]),O(2,3,dtype=i64)),(T([0]),O(2,0))]: call('embedding',[i,w])
for a,w,bb in [((2,3),(4,3),None),((2,3),(4,2),None),((3,),(4,3),(4,)),((3,),(3,),None),((2,3),(3,),None),((2,3),(4,3),(4,)),((2,3),(4,3),(3,)),((2,3),(4,3),(1,)),((2,3),(4,3),(2,4)),((2,3),(4,3),()),((5,2,3),(4,3),(4,)),((5,2,3),(4,3),None),((),(4,3),None),((0,3),(4,3),(4,)),((2,0),(4,0),(4,)),((2,3),(0,3),(0,)),((1,1),(1,1),(1,)),((3,),(4,3),None),((2,2,1,3),(2,3),(2,))]: call('linear',[R(a),R(w)]+([R(bb)] if bb is not None else []))
for t,kw in [(T([0,2]),{}),(T([5]),{'num_classes':3}),(T([-1]),{}),(torch.zeros(0,dtype=i64),{}),(torch.zeros(0,dtype=i64),{'num_classes':3}),(torch.tensor([1.]),{}),(T([1],torch.int32),{}),(T([0]),{'num_classes':0}),(T(1),{'num_classes':3}),(T([0,-3]),{'num_classes':3}),(T([[0,1],[1,0]]),{})]: call('one_hot',[t],kw)
for op,kws in [('relu',[{}]),('leaky_relu',[{},{'negative_slope':.2},{'negative_slope':0.}]),('elu',[{},{'alpha':.5}]),('gelu',[{},{'approximate':'tanh'}]),('silu',[{}]),('mish',[{}]),('softplus',[{},{'beta':2.,'threshold':3.}]),('logsigmoid',[{}]),('tanh',[{}]),('sigmoid',[{}]),('softmax',[{'dim':0},{'dim':-1}]),('log_softmax',[{'dim':0},{'dim':-1}])]:
    for kw in kws:
        call(op,[R((2,4),D(),-3,3,True)],kw); call(op,[torch.tensor([0.,-0.,1e-30,40.,-40.],dtype=f64).requires_grad_()],kw); call(op,[R((0,2))],kw)
    call(op,[T([-1,0,2])],kws[0]); call(op,[T([True,False],torch.bool)],kws[0])
call('gelu',[O(2)],{'approximate':'x'}); call('softmax',[O(2)],{'dim':1})
call('dropout',[R((2,3))],{'p':0.}); call('dropout',[R((2,3))],{'p':1.}); call('dropout',[R((2,3))],{'p':1.5}); call('dropout',[R((2,3))],{'p':-.1}); call('dropout',[R((2,3))],{'p':.5,'training':False}); call('dropout',[T([1,2])],{'p':.5}); call('dropout',[T([1,2])],{'p':1.}); call('dropout',[torch.tensor([float('inf'),1.,float('nan')]).requires_grad_()],{'p':1.}); call('dropout',[R((0,))],{'p':.5})
with gzip.GzipFile(sys.argv[1],'wb',mtime=0) as f:
    for c in calls: f.write((json.dumps(c,separators=(',',':'))+'\n').encode())
print(len(calls), sum('error' in c for c in calls), sum('grads2' in c for c in calls))
