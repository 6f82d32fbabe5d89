# Writes reductions.jsonl.gz: reductions, scans, order statistics and counts.
from recorder import *
def N(v,dtype=f64,grad=True): return T(v,dtype,grad)
holes=[[1.,nan,3.,2.],[nan,nan,4.,-1.],[5.,0.,2.,7.]]
im=T([[1,2,2,3],[3,3,1,1]],i64); bits=T([[True,False],[True,True]],b8); empty=torch.zeros(0); none=torch.zeros(0,3)
both=('torch','method')
for op in ('nansum','nanmean'):
    for kw in ({},{'dim':1},{'dim':[0,1]},{'dim':-1,'keepdim':True},{'dtype':f64}):
        for form in both: call(op,[N(holes)],kw,form=form); call(op,[N(holes,f32)],kw,form=form,second='dtype' not in kw)
        call(op,[im],kw); call(op,[bits],kw) if op=='nansum' else None
    call(op,[N(nan)]); call(op,[empty.clone().requires_grad_()]); call(op,[R((2,3)),5])
for x in (N(holes),im,bits,T(0.),empty,none):
    for kw in ({},{'dim':0},{'dim':[0,1]} if x.ndim>1 else {},{'dim':3}): call('count_nonzero',[x],kw); call('count_nonzero',[x],kw,form='method')
for op in ('median','nanmedian'):
    for x in (R((5,)),R((3,4)),R((2,3,4),f32),N(holes),N([2.,1.,2.,2.]),N([nan,nan]),N(2.)): call(op,[x],second=x.ndim<2); call(op,[x],form='method')
    for x in (R((5,)),R((3,4)),R((2,3,5),f32),N([[1.,nan,3.],[2.,5.,1.]]),N([[nan,nan,2.]]),N(2.)):
        for d in range(-1,x.ndim): call(op,[x,d]); call(op,[x],{'dim':d,'keepdim':True},form='method')
    call(op,[T([5,1,4,2],i64)]); call(op,[T([[5,1,4,2]],i64),1]); call(op,[bits]); call(op,[bits,0]) ; call(op,[empty]); call(op,[none,0]); call(op,[none,1]); call(op,[R((2,)),2]); call(op,[empty.clone().requires_grad_()],second=False)
for x in (R((5,)),N([[1.,2.,2.,3.],[3.,3.,1.,1.]]),N([[5.,1.,5.,1.,2.]]),R((2,3,2),f32),N(2.)):
    for d in range(-1,x.ndim): call('mode',[x,d]); call('mode',[x],{'dim':d,'keepdim':True},form='method')
call('mode',[im]); call('mode',[im,0]); call('mode',[bits]); call('mode',[empty]); call('mode',[none,0]); call('mode',[none,1]); call('mode',[R((2,)),2])
for x in (R((5,)),R((3,4)),R((2,3,5),f32),N([[1.,nan,3.],[2.,5.,1.]]),N(2.)):
    for d in range(-1,x.ndim): call('kthvalue',[x,1,d]); call('kthvalue',[x,2],{'dim':d,'keepdim':True},form='method')
call('kthvalue',[im[:,:1],1,0]); call('kthvalue',[R((3,)),4]); call('kthvalue',[R((3,)),0]); call('kthvalue',[empty,1]); call('kthvalue',[none,1,0]); call('kthvalue',[bits,1,0]); call('kthvalue',[T([4,2,7],i64),2]); call('kthvalue',[R((2,)),1,2])
for op in ('cummax','cummin'):
    for x in (R((5,)),R((3,4)),R((2,3,2),f32),N([1.,3.,3.,2.,nan,5.,nan]),N([2.,2.,1.,1.,2.]),N(2.),im,bits,empty,none,N([inf,-inf,inf,-inf])):
        for d in range(-1,x.ndim): call(op,[x,d]); call(op,[x,d],form='method')
    call(op,[R((2,)),2])
for op in ('cumsum','cumprod'):
    for x in (R((5,)),R((3,4)),R((2,3,2),f32),N([1.,0.,3.,0.,2.]),N([[0.,2.],[3.,0.]]),N(2.),im,bits,empty,none,R((0,2))):
        for d in range(-1,x.ndim): call(op,[x,d],second=x.numel()>0); call(op,[x,d],form='method',second=x.numel()>0)
    call(op,[R((2,)),2]); call(op,[im,1],{'dtype':f64}); call(op,[R((2,2),f32),0],{'dtype':f64},second=False); call(op,[im,1],{'dtype':i32}); call(op+'_',[R((2,3)),1],form='method'); call(op+'_',[im,1],form='method')
for x in (R((5,)),R((3,4)),R((2,3,2),f32,-5,5),N([1.,100.,-300.,300.]),N(2.),R((0,2))):
    for d in range(-1,x.ndim): call('logcumsumexp',[x,d],second=x.numel()>0); call('logcumsumexp',[x,d],form='method',second=x.numel()>0)
call('logcumsumexp',[T([-inf,-inf,1.,inf,nan]),0]); call('logcumsumexp',[im,0]); call('logcumsumexp',[bits,0]); call('logcumsumexp',[R((2,)),2])
for x in (R((3,4)),N(holes),im,bits,N(2.),R((2,3),f32)):
    call('aminmax',[x],grads=False); call('aminmax',[x],{'keepdim':True},grads=False,form='method')
    for d in range(-1,x.ndim): call('aminmax',[x],{'dim':d},grads=False); call('aminmax',[x],{'dim':d,'keepdim':True},grads=False,form='method')
call('aminmax',[empty]); call('aminmax',[none],{'dim':0}); call('aminmax',[none],{'dim':1}); call('aminmax',[none]); call('aminmax',[R((2,))],{'dim':2})
for op in ('var_mean','std_mean'):
    for x in (R((3,4)),R((2,3,4),f32),R((5,))):
        call(op,[x]); call(op,[x,0]); call(op,[x],{'dim':[0],'correction':0}); call(op,[x],{'dim':-1,'keepdim':True}); call(op,[x,-1],{'unbiased':False}); call(op,[x,False])
    call(op,[im]); call(op,[R((2,)),2])
for p in (2,1,0,3,inf,-inf,.5):
    call('dist',[R((4,)),R((4,)),p]); call('dist',[R((2,3),f32),R((3,),f32),p],form='method')
call('dist',[R((2,3)),R((2,))]); call('dist',[im,im]); call('dist',[R((3,)),R((3,),f32)]); x=R((3,)); call('dist',[x,x.detach().clone()],second=False); call('dist',[R((3,)),rand((3,))])
for x in (R((3,4)),R((4,)),R((2,3),f32),im,R((2,1)),R((1,4))): call('cov',[x]); call('cov',[x],{'correction':0},form='method'); call('corrcoef',[x]) if x.shape[-1]>1 else None
call('cov',[R((2,4))],{'fweights':T([1,2,1,3],i64)}); call('cov',[R((2,4))],{'aweights':rand((4,),lo=.1)}); call('cov',[R((2,4))],{'fweights':T([1,2,1,3],i64),'aweights':rand((4,),lo=.1),'correction':2}); call('cov',[R((2,4))],{'correction':0,'aweights':rand((4,),lo=.1).requires_grad_()})
call('corrcoef',[R((3,5))],form='method'); call('corrcoef',[T(1.)]); call('corrcoef',[torch.zeros(2,2,2)])
for x,kw in [(torch.zeros(2,2,2),{}),(bits,{}),(T(1.),{}),(im,{'fweights':T([1.,2.])}),(im,{'fweights':T([1,2],i64)}),(im,{'fweights':T([[1,2]],i64)}),(im,{'aweights':T([1,2],i64)}),(im,{'fweights':T([1,2,-1,1],i64)}),(im,{'aweights':T([1.,2.,-1.,1.])}),(im,{'fweights':T([0,0,0,0],i64)})]: call('cov',[x],kw)
for x,kw in [(T([1.,2.,3.,4.]),{'bins':4}),(T([1.,2.,3.,4.],f32),{'bins':4,'min':1,'max':3}),(T([1.,1.]),{'bins':2}),(im,{}),(T([1.]),{'bins':0}),(T([1.]),{'bins':2,'min':3,'max':1}),(T([inf]),{'bins':2}),(empty,{'bins':2}),(rand((30,)),{'bins':7}),(rand((30,)),{}),(T([0.,nan,1.,5.]),{'bins':3,'min':0,'max':2}),(R((9,)),{'bins':3})]: call('histc',[x],kw); call('histc',[x],kw,form='method')
for x,kw in [(T([0,1,1,5],i64),{}),(T([0,1,1],i64),{'weights':T([.5,.25,1.])}),(T([0,1,1],i64),{'weights':T([.5,.25,1.],f32)}),(T([0,1,1],i64),{'weights':T([1,2,1],i64)}),(T([0,1,1],u8),{'minlength':4}),(T([-1],i64),{}),(T([1.]),{}),(im,{}),(T([0,1],i64),{'weights':T([1.])}),(T([0],i64),{'minlength':-1}),(torch.zeros(0,dtype=i64),{'minlength':2}),(torch.zeros(0,dtype=i64),{})]: call('bincount',[x],kw); call('bincount',[x],kw,form='method')
for op in ('trapezoid','trapz','cumulative_trapezoid'):
    for y in (R((5,)),R((3,4)),R((2,3,4),f32),im,R((1,)),R((3,1))):
        call(op,[y]); call(op,[y],{'dx':.5}) ; call(op,[y],{'dim':0}); call(op,[y,R(tuple(y.shape))],second=y.dtype==f64); call(op,[y,R((y.shape[-1],))]); call(op,[y,R((y.shape[0],))],{'dim':0})
    call(op,[R((3,4)),R((3,))]); call(op,[T(1.)]); call(op,[T([True,False],b8)]); call(op,[R((2,)),T([True,False],b8)]); call(op,[R((2,3,4)),R((3,4))])
call('trapezoid',[R((0,))]); call('trapezoid',[R((2,0))])
for x in (R((5,)),R((3,4)),R((2,3,4),f32),im,bits,R((0,)),R((1,)),T([3,1,2],u8)):
    for kw in ({},{'n':2},{'dim':0},{'n':0},{'n':9}): call('diff',[x],kw,grads=kw!={'n':0}); call('diff',[x],kw,form='method',grads=kw!={'n':0})
call('diff',[R((2,3))],{'prepend':R((2,1)),'append':R((2,2))}); call('diff',[R((3,))],{'append':R((1,))}); call('diff',[R((2,3))],{'prepend':R((3,))}); call('diff',[R((2,3))],{'prepend':R((3,1))}); call('diff',[R((2,3))],{'n':-1}); call('diff',[T(1.)]); call('diff',[R((2,)),1,2]); call('diff',[R((2,3))],{'prepend':R((1,3)),'dim':0,'n':2})
for x in (R((5,)),R((3,4)),R((2,3,2),f32),im,N(2.)): call('msort',[x]); call('msort',[x],form='method'); call('sort',[x],{'stable':True,'dim':-1}); call('sort',[x],{'stable':True,'dim':0,'descending':True},form='method'); call('argsort',[x],{'stable':True,'dim':0})
for op in ('quantile','nanquantile'):
    for x in (R((5,)),R((3,4)),R((2,3,4),f32),N(holes),N(2.)):
        t=x.dtype
        for i in ('linear','lower','higher','midpoint','nearest'): call(op,[x,.3],{'interpolation':i}); call(op,[x,.6],{'interpolation':i,'dim':-1,'keepdim':True},form='method')
        call(op,[x,T([.1,.5,.9],t)]); call(op,[x,T([.1,.5,.9],t)],{'dim':0}); call(op,[x,T([.25,1.],t)],{'dim':-1,'keepdim':True}); call(op,[x,T([.25,0.],t)],{'keepdim':True}); call(op,[x,T(.4,t,True),0])
    for a,kw in [([R((3,)),1.5],{}),([R((3,)),-.5],{}),([R((3,)),T([1.5])],{}),([R((3,)),T([.5],f32)],{}),([R((3,)),T([[.5]])],{}),([im,.5],{}),([empty,.5],{}),([none,.5],{'dim':0}),([R((3,)),.5],{'interpolation':'x'}),([R((3,)),.5,2],{}),([N([nan,nan]),.5],{})]: call(op,a,kw)
for a in [(R((2,3)),2,0,1.),(R((2,3)),1,1,.5),(R((2,3,2),f32),3,1,1.),(R((2,2)),inf,0,.5),(R((2,3)),2,0,100.)]: call('renorm',list(a)); call('renorm',list(a),form='method'); call('renorm_',list(a),form='method')
for a in [(R((3,)),2,0,1.),(R((2,2)),-1,0,1.),(R((2,2)),2,0,-1.),(R((2,2)),2,5,1.),(im,2,0,1.)]: call('renorm',list(a))
for x in (im,bits,T([2.,nan,1.,nan,2.,-0.,0.]),R((4,)),T(2.),empty,T([[1,2],[1,2],[0,5]],i64),T([3,250,3],u8)):
    g=dict(grads=False)
    for op in ('unique','unique_consecutive'):
        call(op,[x],**g); call(op,[x],{'return_inverse':True},**g); call(op,[x],{'return_counts':True},form='method',**g); call(op,[x],{'return_inverse':True,'return_counts':True},**g)
        if x.ndim and x.numel() and not x.isnan().any():
            for d in range(-1,x.ndim): call(op,[x],{'dim':d},**g); call(op,[x],{'dim':d,'return_inverse':True,'return_counts':True},**g)
call('unique',[R((2,))],{'dim':3}); call('unique_consecutive',[R((2,))],{'dim':3})
for a,b in [(im,T([1,3],i64)),(im,T([1.,2.5])),(T([1.,nan,3.]),T([nan,3.])),(im,torch.zeros(0,dtype=i64)),(bits,T([True],b8))]: call('isin',[a,b]); call('isin',[a,b],{'invert':True})
for s,v in [(T([1.,2.,3.]),T([[0.,1.,1.5],[3.,4.,nan]])),(T([[1.,2.,3.],[2.,4.,6.]]),T([[2.,3.],[2.,3.]])),(T([1,3,5],i64),T([3,4],i64)),(T([1.,2.]),T(1.5)),(T([[1.,2.]]),T([1.,2.])),(T([1.,2.]),torch.zeros(0,dtype=f64)),(torch.zeros(0,dtype=f64),T([1.]))]:
    for kw in ({},{'right':True},{'out_int32':True}): call('searchsorted',[s,v],kw); call('bucketize',[v,s],kw)
for x in (im,bits,T([[0.,nan],[1.,0.]]),T(2.),T(0.),empty): call('argwhere',[x]); call('argwhere',[x],form='method')
for kw in ({},{'p':'fro'},{'p':'fro','dim':1},{'p':'fro','dim':[0,1],'keepdim':True},{'p':2,'dim':[0,1]},{'p':'fro','dtype':f64},{'p':3,'dtype':f64}): call('norm',[R((2,3))],kw); call('norm',[R((2,3),f32)],kw,form='method',second='dtype' not in kw)
call('norm',[R((2,3)),'x']); call('norm',[R((2,3))],{'dtype':f32}); call('norm',[im,'fro']); call('norm',[im]); call('norm',[im],{'dtype':f64})
call('softmax',[R((2,3),f32),1],{'dtype':f64}); call('log_softmax',[R((2,3),f32),1],{'dtype':f64}); call('softmax',[im,1],{'dtype':f32}); call('logsumexp',[R((2,3)),[0,1]]); call('logsumexp',[im,0])
call('any',[im,[0,1]]); call('all',[im,[1],True]); call('allclose',[R((2,)),R((2,))])
save()
