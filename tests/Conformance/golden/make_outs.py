# Records functions that put their result into a tensor that is given, as PyTorch 2.6 does. usage: python make_outs.py outs.jsonl.gz
from recorder import *
f16=torch.float16
def O(op,args,shape,dtype=f64,**kw): call(op,args,dict(kw,out=torch.zeros(shape,dtype=dtype)))
for op in ('exp','sin','abs','neg','floor','sqrt','sigmoid','tanh','reciprocal','sign','square','erf','lgamma'): O(op,[rand((2,3),lo=0.1)],(2,3)); O(op,[rand((2,3),f32,0.1)],(2,3),f32); O(op,[rand((2,3),lo=0.1)],(0,))
for op in ('add','sub','mul','div','maximum','fmod','pow','atan2','hypot','eq','lt','logical_and','copysign'):
    O(op,[rand((2,3),lo=0.1),rand((3,),lo=0.1)],(2,3)); O(op,[rand((2,3),lo=0.1),rand((2,1),lo=0.1)],(0,))
O('add',[rand((3,)),2],(3,)); O('mul',[rand((3,),f32),T(2.0)],(3,),f32); O('add',[rand((3,)),rand((3,))],(3,),alpha=3)
O('add',[rand((2,),f32),rand((2,),f32)],(2,)); O('exp',[T([1,2],i64)],(2,),i64); O('add',[T([1,2],i64),T([3,4],i64)],(2,)); O('add',[rand((2,)),rand((2,))],(2,),i64); O('eq',[rand((2,)),rand((2,))],(2,),f32); O('exp',[rand((2,))],(2,),f32); O('add',[rand((2,)),rand((3,))],(2,))
O('addcmul',[rand((2,)),rand((2,)),rand((2,))],(2,)); O('addcmul',[rand((2,)),rand((2,)),rand((2,))],(2,),value=2.0); O('clamp',[rand((4,))],(4,),min=-0.5); O('clamp',[rand((4,)),-0.5,0.5],(4,)); O('lerp',[rand((2,)),rand((2,)),0.25],(2,))
O('mm',[rand((2,3)),rand((3,2))],(2,2)); O('mm',[rand((2,3)),rand((3,2))],(2,2),f32); O('bmm',[rand((2,2,3)),rand((2,3,2))],(0,)); O('mv',[rand((2,3)),rand((3,))],(2,)); O('matmul',[rand((2,3)),rand((3,))],(2,)); O('dot',[rand((3,)),rand((3,))],()); O('addmm',[rand((2,2)),rand((2,3)),rand((3,2))],(2,2),beta=2)
O('sum',[rand((2,3)),1],(2,)); O('mean',[rand((2,3)),0],(3,)); O('cumsum',[rand((2,3)),1],(2,3)); O('amax',[rand((2,3)),1],(2,)); O('prod',[rand((2,3)),1],(2,)); O('argmax',[rand((2,3)),1],(2,),i64)
O('cat',[[rand((2,)),rand((3,))]],(5,)); O('stack',[[rand((2,)),rand((2,))]],(2,2)); O('gather',[rand((2,3)),1,T([[0],[2]],i64)],(2,1)); O('index_select',[rand((2,3)),0,T([1],i64)],(1,3)); O('tril',[rand((3,3))],(3,3)); O('where',[T([True,False],b8),rand((2,)),rand((2,))],(2,))
O('linalg.det',[rand((2,2))],()); O('linalg.inv',[rand((2,2))],(2,2)); O('linalg.solve',[rand((2,2)),rand((2,))],(2,)); O('linalg.vector_norm',[rand((3,))],()); O('special.i0e',[rand((3,))],(3,)); O('special.zeta',[2,rand((3,),lo=1)],(3,))
call('exp',[R((2,))],{'out':torch.zeros(2,dtype=f64)}); call('exp',[rand((2,))],{'out':R((2,))}); call('add',[rand((2,)),R((2,))],{'out':torch.zeros(2,dtype=f64)}); call('cat',[[R((2,)),rand((1,))]],{'out':torch.zeros(3,dtype=f64)}); call('mm',[R((2,2)),rand((2,2))],{'out':torch.zeros(2,2,dtype=f64)}); call('exp',[rand((2,))],{'out':None})
save()
