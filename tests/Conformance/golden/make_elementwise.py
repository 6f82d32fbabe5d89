# Writes elementwise.jsonl.gz: elementwise operators, special functions, comparisons and bits.
from recorder import *
# Functions of one number: over the plane, at hard points, of nothing, of integers and truth values, in place.
def one(op,lo=-2,hi=2,hard=(0.,-0.,1.,-1.,.5,inf,-inf,nan),args=(),kwargs=None,inplace=True,method=True,second=True,hard_grads=True):
    call(op,[R((2,3),lo=lo,hi=hi),*args],kwargs,second); call(op,[R((),f32,lo,hi),*args],kwargs,second); call(op,[R((0,2)),*args],kwargs,second)
    call(op,[T(list(hard),f64,hard_grads),*args],kwargs,second=False); call(op,[T(list(hard),f32),*args],kwargs)
    for t in (T([3,1,0,2],i64),T([1,2],u8),T([True,False],b8)): call(op,[t,*args],kwargs)
    if method: call(op,[R((2,),f32,lo,hi),*args],kwargs,second,form='method')
    if inplace: call(op+'_',[R((3,),lo=lo,hi=hi),*args],kwargs,second,form='method'); call(op+'_',[T([1,2],i64),*args],kwargs,form='method')
for op in 'absolute arcsin arcsinh arctan negative sgn deg2rad rad2deg'.split(): one(op,-.9,.9)
for op in ('arccos','arctanh'): one(op,-.9,.9)
one('arccosh',1.1,4); one('fix'); one('sinc',hard=(0.,1.,-2.,.5,nan)); one('i0',-25,25,hard=(0.,-0.,1.,17.9,-18.1,60.)); one('logit',.05,.95); one('logit',.02,.98,kwargs={'eps':.1}); one('positive',inplace=False); one('nan_to_num',kwargs={'nan':2.5,'posinf':7.}); one('nan_to_num')
one('round',-20,20,kwargs={'decimals':1}); one('round',-2000,2000,hard=(1250.,50.,nan,inf),kwargs={'decimals':-2}); one('round',kwargs={'decimals':0},hard=(.5,1.5,-2.5))
for n in (0,1,2,3): call('polygamma',[n,R((4,),lo=.2,hi=5)]); call('polygamma',[n,R((4,),f32,.2,5)]); call('polygamma',[n,T([1,3],i64)]); call('polygamma',[R((3,),lo=.5,hi=4),n],form='method'); call('polygamma_',[R((3,),lo=.5,hi=4),n],form='method')
call('polygamma',[-1,R((2,))]); call('special.polygamma',[1,R((2,),lo=.5,hi=3)])
for p in (1,2,4): call('mvlgamma',[R((3,),lo=2,hi=6),p]); call('mvlgamma_',[R((3,),lo=2,hi=6),p],form='method'); call('special.multigammaln',[R((3,),lo=2,hi=6),p])
call('mvlgamma',[R((3,)),0]); call('mvlgamma',[T([3,4],i64),2])
for op in 'isfinite isinf isposinf isneginf isreal signbit logical_not bitwise_not'.split():
    for t in (T([0.,-0.,1.,-1.,inf,-inf,nan]),T([1.,nan],f32),T([1,0,-3],i64),T([5,0],u8),T([True,False],b8),T(2.),torch.zeros(0)): call(op,[t]); call(op,[t],form='method')
# Functions of two: of one shape, spread, with numbers, NaN, infinities and zeros, integers, truth values, mixed types, shapes that do not fit, in place.
special=T([[0.],[-0.],[1.],[-2.],[inf],[-inf],[nan]]).reshape(7,1); across=special.reshape(1,7)
def two(op,lo=-2,hi=2,scalar=True,inplace=True,second=True,kwargs=None,hard=True,ties=True,method=True,real=True):
    r=lambda *s,dtype=f64: R(s,dtype,lo,hi)
    call(op,[r(2,3),r(2,3)],kwargs,second); call(op,[r(2,1,dtype=f32),r(1,3,dtype=f32)],kwargs,second); call(op,[r(3),r()],kwargs,second); call(op,[r(0,2),r(2)],kwargs,second); call(op,[r(2,3),r(2)],kwargs) if op!='rsub' else None
    call(op,[r(2),rand((2,),lo=lo,hi=hi)],kwargs,second); call(op,[rand((2,),lo=lo,hi=hi),r(2)],kwargs,second); x=r(2); call(op,[x,x],kwargs,second)
    if hard: call(op,[special.clone().requires_grad_(),across.clone().requires_grad_()],kwargs,second=False); call(op,[special.float(),across.float()],kwargs)
    if ties: call(op,[T([1.,2.,-1.],grad=True),T([1.,1.,-1.],grad=True)],kwargs,second)
    ints,few,bits=T([3,-2,0,7],i64),T([2,2,1,-3],i64),T([True,False,True,False],b8)
    for a,b in [(ints,few),(bits,bits),(ints,bits),(bits,ints),(rand((4,)),ints),(ints,rand((4,),f32)),(rand((4,),f32),rand((4,))),(T([3,2,0,7],u8),ints),(ints.int(),few.int()),(ints,T(2.5)),(rand((4,),f32),T(2.5)),(ints,T([0,1,1,1],i64))]: call(op,[a,b],kwargs)
    if scalar:
        for s in (2,-1.5,0,1.,nan,inf): call(op,[r(3),s],kwargs,second)
        for t in (ints,bits,T([3,200],u8)):
            for s in (2,2.5,True,0): call(op,[t,s],kwargs)
        
        if method: call(op,[r(2),2.],kwargs,second,form='method')
    if method: call(op,[r(2),r(2)],kwargs,second,form='method')
    if inplace:
        call(op+'_',[ints,few],kwargs,form='method')
        if not real: return
        call(op+'_',[r(2,3),r(3)],kwargs,second,form='method'); call(op+'_',[rand((2,)),r(2)],kwargs,second,form='method'); call(op+'_',[ints,rand((4,))],kwargs,form='method'); call(op+'_',[r(2),r(2,2)],kwargs,form='method')
        if scalar: call(op+'_',[r(3),2.5],kwargs,second,form='method')
for m in ('floor','trunc',None): two('div',kwargs={'rounding_mode':m})
call('div',[R((2,)),R((2,))],{'rounding_mode':'x'}); call('divide',[R((2,)),R((2,))],{'rounding_mode':'trunc'})
for op in ('multiply','subtract','true_divide','divide','arctan2'): two(op,scalar=op!='arctan2')
two('fmod'); two('copysign'); two('heaviside',scalar=False); two('hypot',scalar=False); two('logaddexp',scalar=False,inplace=False); two('logaddexp2',scalar=False,inplace=False); two('xlogy',lo=.1); two('fmax',scalar=False,inplace=False); two('fmin',scalar=False,inplace=False); two('ldexp',scalar=False,inplace=True); two('float_power',lo=.1); two('rsub',inplace=False,method=False); two('clamp_min'); two('clamp_max')
for s in (0,2.,-1,nan): call('xlogy',[s,R((3,),lo=.1)]); call('float_power',[s or 3,R((3,),lo=.1)]); call('special.xlog1py',[s,R((3,),lo=-.5)]); call('special.xlogy',[s,R((3,),lo=.1)])
call('xlogy',[2,T([1,2],i64)]); call('rsub',[R((2,)),R((2,))],{'alpha':2}); call('rsub',[R((2,)),3],{'alpha':.5}); call('rsub',[T([1,2],i64),3],{'alpha':.5}); call('rsub',[T([1,2],i64),3],{'alpha':2})
two('special.xlog1py',lo=-.5,inplace=False,method=False); two('special.xlogy',lo=.1,inplace=False,method=False)
for op in 'eq ne lt le gt ge greater greater_equal less less_equal not_equal logical_xor logical_and logical_or'.split(): two(op,scalar=not op.startswith('logical'))
for op in 'bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift'.split(): two(op,real=False)
for op in ('gcd','lcm'): two(op,scalar=False,real=False)
for s in (-1,0,1,7,8,31,32,63,64,100):
    for t in (T([3,-3,0],i64),T([3,-3],i32),T([200,7],u8)): call('bitwise_left_shift',[t,s]); call('bitwise_right_shift',[t,s])
for kw in ({},{'equal_nan':True},{'rtol':.5,'atol':1.},{'rtol':0.,'atol':0.},{'rtol':-1.},{'atol':-1.}):
    call('isclose',[special,special.flip(0)],kw); call('isclose',[T([1.,2.],f32),T([1.00001,2.5],f32)],kw); call('isclose',[T([1,2],i64),T([1,3],i64)],kw); call('isclose',[T([True,False],b8),T([True,True],b8)],kw,form='method'); call('isclose',[T([1.]),T([1.],f32)],kw)
# Bounds.
for op in ('clamp','clip'):
    for kw in [{'min':R((3,)),'max':R((3,))},{'min':R((2,1))},{'max':R(())},{'min':T(1.),'max':T(-1.)},{'min':T([nan,0.,1.])},{'min':T([-1,0,1],i64),'max':T([1,1,2],i64)}]:
        call(op,[R((2,3))],kw); call(op,[rand((2,3),f32)],kw); call(op+'_',[R((2,3))],kw,form='method'); call(op,[T([[3,-2,0]],i64)],kw); call(op+'_',[T([[3,-2,0]],i64)],kw,form='method'); call(op,[R((2,3))],kw,form='method')
    call(op,[T([1.,2.,3.,nan],grad=True)],{'min':T([1.,3.,1.,1.],grad=True),'max':T([2.,2.,3.,2.],grad=True)})
    for kw in [{'min':0},{'max':.5},{'min':-1.,'max':1},{}]: call(op,[R((2,3))],kw); call(op+'_',[R((2,3))],kw,form='method'); call(op,[T([3,-2],i64)],kw)
    call(op,[T([True],b8)],{'min':T([True],b8),'max':T([True],b8)}); call(op,[T([True],b8)],{'min':T([True],b8)}); call(op,[R((2,)),R((3,))])
# Interpolation.
for s in [((3,),(3,),(3,)),((2,1),(3,),(2,3)),((2,),(2,),()),((0,),(0,),(0,))]: call('lerp',[R(x) for x in s]); call('lerp',[R(x,f32) for x in s],form='method')
call('lerp',[R((2,)),R((2,)),R((3,))]); call('lerp',[R((2,)),R((2,)),R((2,),f32)]); call('lerp',[R((2,)),R((2,),f32),R((2,))]); call('lerp',[T([1,2],i64)]*3); call('lerp_',[R((2,3)),R((3,)),R((2,1))],form='method'); call('lerp',[T([0.,1.,2.],grad=True),T([1.,2.,inf],grad=True),T([0.,1.,.5],grad=True)],second=False)
# torch.special.
for op in 'expm1 exp2 erf erfc gammaln digamma psi log1p sinc expit i0 entr erfcx ndtr log_ndtr i0e i1 i1e'.split(): call('special.'+op,[R((2,3),lo=.1,hi=3)]); call('special.'+op,[R((2,),f32,.1,3)]); call('special.'+op,[T([1,2],i64)]); call('special.'+op,[T([True],b8)])
for op in 'entr erfcx log_ndtr i0e i1 i1e ndtr'.split(): call('special.'+op,[T([-25.,-12.,-9.,-3.,-.7,.01,.3,2.,5.,7.5,17.,19.,26.],grad=True)]); call('special.'+op,[T([-9.,-3.,-.7,.1,.3,2.,5.,7.5,9.],f32,True)],second=False)
call('special.log_ndtr',[T([-300.,-38.,-30.,30.,inf,nan],grad=True),],second=False); call('special.erfcx',[T([100.,1e5,inf,-30.,nan])]); call('special.entr',[T([0.,-0.,-1.,inf,nan])]); call('special.i0e',[T([0.,100.,1e6])]); call('special.i1',[T([0.],grad=True)]); call('special.i1e',[T([0.],grad=True)],second=False)
call('special.ndtri',[T([1e-300,1e-20,1e-6,9e-4,1.1e-3,.02,.3,.5,.7,.97,.9995,1-1e-12],grad=True)]); call('special.ndtri',[T([0.,1.,-1.,2.,nan])]); call('special.ndtri',[R((3,),f32,.01,.99)]); call('special.erfinv',[R((3,),lo=-.9,hi=.9)]); call('special.logit',[R((3,),lo=.1,hi=.9)],{'eps':.2}); call('special.logit',[R((3,),lo=.1,hi=.9)])
call('special.round',[R((3,),lo=-9,hi=9)]); call('special.round',[R((3,),lo=-9,hi=9)],{'decimals':2}); call('special.softmax',[R((2,3)),1]); call('special.log_softmax',[R((2,3)),0]); call('special.softmax',[R((2,3),f32),1],{'dtype':f64}); call('special.logsumexp',[R((2,3)),[0,1]]); call('special.logsumexp',[R((2,3)),1,True])
save()
