# Records torch.special's Bessel functions, polynomials, zeta and incomplete gamma functions, neighbours, and places in tensors, as PyTorch 2.6 computes them. usage: python make_special.py special.jsonl.gz
from recorder import *
c64,f16,bf16=torch.complex64,torch.float16,torch.bfloat16
# PyTorch's J and Y are off by 1e-8 between 4 and 10.
points=[0.0,-0.0,1e-8,0.1,0.5,0.9,1.0,1.5,1.999,2.0,2.1,3.3,12.5,17.9,18.0,18.1,25.0,40.0,100.0,700.0,-1.0,-3.0,-30.0,inf,-inf,nan]
bessel=[n for n in dir(torch.special) if 'bessel' in n]
for o in bessel:
    # PyTorch's J and Y are NaN at infinity, where they end.
    call('special.'+o,[T([x for x in points if abs(x)!=inf or o[7] not in 'jy'])]); call('special.'+o,[rand((2,3),f32,0.1,30).requires_grad_()])
    for t in (T([0,1,2,3],i64),T([True],b8),T([1.0],f16),T([1.0],bf16),T([1+1j],c64),T(2.0),T([])): call('special.'+o,[t])
for o in [n for n in dir(torch.special) if 'polynomial' in n]:
    s='special.'+o
    x=T([-1.0,-0.7,-0.2,0.0,0.3,0.5,0.9,1.0,1.7,-3.1])
    for n in (0,1,2,3,5,6,-1): call(s,[x,n])
    call(s,[x,T([0,1,2,3,4,5,4,3,2,1],i64)]); call(s,[x.reshape(2,5),T([2.0,1.7,3.0,-2.0,4.2])]); call(s,[2,T([0.,1.,2.])]); call(s,[1.5,T([3,4],i64)])
    call(s,[rand((3,),f32).requires_grad_(),2]); call(s,[T([1,2,3],i64),2]); call(s,[T([1.,2.],f16),2]); call(s,[R((2,)),R((3,))]); call(s,[T([]),2])

def gamma(f,a,x,**kw): call(f,[a,x],**kw)
for f in ('igamma','igammac','special.gammainc','special.gammaincc'):
    full='.' not in f
    for a in (0.01,0.3,1.0,2.5,9.0,10.0,11.0,30.0,100.0,1000.0) if full else (2.5,):
        x=T([1e-6,0.01,0.5,1.0,2.0,3.4,3.6,9.0,10.0,12.0,20.0,35.0,90.0,105.0,300.0,950.0,1000.0,1100.0],grad=True)
        call(f,[torch.full((18,),a,dtype=f64),x])
    call(f,[T([0.,0.,-1.,1.,1.,inf,inf,2.,nan,1.,0.,2.]),T([1.,0.,1.,-1.,0.,2.,inf,inf,1.,nan,inf,0.])])
    call(f,[T([1.,2.,3.],f32),T([1.,2.,5.],f32,True)]); call(f,[T(2.0),R((3,),lo=0.5,hi=4)]); call(f,[R((3,),lo=1,hi=3),R((3,),lo=1,hi=3)])
    call(f,[T([1,2],i64),T([1,2],i64)]); call(f,[T([True],b8),T([True],b8)]); call(f,[T([1.],f16),T([2.],f16)]); call(f,[T([1,2],i64),T([1.,2.])]); call(f,[rand((2,)),rand((3,))])
    if full: call(f,[T([1.,2.]),T([2.,3.])],form='method'); call(f+'_',[T([1.,2.]),T([2.,3.],grad=True)],form='method'); call(f+'_',[T([1.,2.],f32),T([2.,3.])],form='method')
z='special.zeta'
for s in (1.001,1.5,2.0,3.0,7.5,20.0,60.0): call(z,[torch.full((9,),s,dtype=f64),T([1e-3,0.2,0.5,1.0,2.0,5.5,9.0,30.0,1000.0],grad=True)])
call(z,[T([2.,3.,4.,2.,2.5,1.,0.5,-1.,2.,nan,2.,2.,3.]),T([-0.5,-1.5,-7.25,-3.,-0.5,2.,2.,2.,0.,1.,nan,-100.5,-2.2])])
call(z,[2,R((3,),lo=0.5,hi=4)]); call(z,[R((3,),lo=1.5,hi=4),2]); call(z,[3.5,T([1,2],i64)]); call(z,[T([2,3],i64),T([1,2],i64)]); call(z,[T([2.,3.],f32),T([1.,2.],f32,True)]); call(z,[R((2,),lo=2,hi=3),R((2,),lo=2,hi=3)]); call(z,[T(2.),R((2,2),lo=1,hi=2)])
n='nextafter'
for dt in (f64,f32,f16,bf16):
    a=torch.tensor([0.,0.,1.,1.,-1.,-1.,2.,inf,-inf,nan,1.,3.,-0.,1e-8],dtype=dt); b=torch.tensor([1.,-1.,2.,0.,0.,-2.,2.,0.,0.,1.,nan,inf,0.,0.],dtype=dt)
    call(n,[a,b]); call(n,[a[:,None],b[:3]]); call(n,[a,b],form='method'); call(n+'_',[a,b],form='method')
call(n,[T([1,2],i64),T([2,1],i64)]); call(n,[T([1.],f32),T([2.])]); call(n,[R((2,)),R((2,))]); call(n,[T([True],b8),T([True],b8)]); call(n,[T(1.0),T([2.,0.])])

# Places.
for how in ('prod','mean','amax','amin'):
    for own in (True,False):
        for dim in (0,1,-1):
            k=3; shape=[4,5]; shape[dim]=k
            call('index_reduce',[R((4,5)),dim,T([0,2,0],i64),R(tuple(shape)),how],{'include_self':own})
        call('index_reduce',[T([1,2,3],i64),0,T([0,2,0],i64),T([4,5,7],i64),how],{'include_self':own})
    call('index_reduce',[R((3,)),0,T([0,2,0],i32),R((3,)),how]); call('index_reduce',[T(2.0,grad=True),0,T([0],i64),T(3.0,grad=True),how]); call('index_reduce',[T([1.,1.],grad=True),0,T([0,0],i64),T([1.,1.],grad=True),how])
    call('index_reduce',[R((2,3)),0,T([1,0],i64),R((2,3)),how],form='method'); call('index_reduce_',[rand((2,3)),0,T([1,1],i64),R((2,3)),how],form='method'); call('index_reduce',[R((3,2)),0,T([],i64),R((0,2)),how])
a,i,s=R((4,3)),T([0,2,0],i64),R((3,3))
for args in ([a,0,T([0.,1.]),R((2,3)),'prod'],[a,0,i,R((2,3)),'prod'],[a,0,i+9,s,'prod'],[a,3,i,s,'prod'],[a,0,i,rand((3,3),f32),'prod'],[a,0,T([[0,1,2]],i64),s,'prod'],[a,0,i,s,'sum'],[a,0,i,R((3,2)),'amax'],[a,0,i-5,s,'amin']): call('index_reduce',args)
x,y=R((4,3)),R((2,2))
call('as_strided_scatter',[x,y,[2,2],[1,2]],grads=False); call('as_strided_scatter',[x,y,[2,2],[3,1],1],grads=False); call('as_strided_scatter',[x,y,[2,2],[1,2],2],form='method',grads=False); call('as_strided_scatter',[x,R((3,)),[3],[3],0],grads=False); call('as_strided_scatter',[x,R((3,2)),[2,2],[1,2]]); call('as_strided_scatter',[x,y,[2,2],[7,9]]); call('as_strided_scatter',[x,R((2,2)),[2,2],[1]])
u='unravel_index'
for a,sh in ((T([3,5],i64),[2,3]),(T(7,i64),[2,3]),(T([3,-1],i64),[2,3]),(T([3],i64),4),(T([3],i64),[]),(T([],i64),[0,3]),(T([[1,22],[17,4]],i64),[2,3,4]),(T([5],i32),[2,3]),(T([1.]),[2,3]),(T([3],i64),[-1]),(T([3],i64),[2,-3]),(T([True],b8),[2])): call(u,[a,sh])
for t in (T([[1.,0.],[2.,3.]]),T(3.0),T(0.0),T([0.,0.]),T([True,False],b8),T([[0,1],[2,0]],i64)): call('nonzero',[t],{'as_tuple':True}); call('nonzero',[t],{'as_tuple':True},form='method')
save()
