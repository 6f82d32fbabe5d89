# Records grids, bags of embeddings, alignments and pools that PyTorch 2.6 computes. usage: python make_places.py places.jsonl.gz
from recorder import *
f16=torch.float16
def F(op,args,kw=None,**more): call(op,args,kw,form='F',**more)
for mode in ('bilinear','nearest','bicubic'):
    for pad in ('zeros','border','reflection'):
        for corners in (True,False):
            # Between elements, and far outside.
            F('grid_sample',[R((2,2,3,4)),R((2,3,2,2),lo=-1.4,hi=1.4)],dict(mode=mode,padding_mode=pad,align_corners=corners),second=False)
            F('grid_sample',[R((1,1,4,3)),R((1,2,3,2),lo=-4,hi=4)],dict(mode=mode,padding_mode=pad,align_corners=corners),second=False)
            if mode!='bicubic': F('grid_sample',[R((1,2,2,3,4)),R((1,2,2,2,3),lo=-1.6,hi=1.6)],dict(mode=mode,padding_mode=pad,align_corners=corners),second=False)
            F('grid_sample',[R((1,1,1,2)),R((1,2,2,2),lo=-2,hi=2)],dict(mode=mode,padding_mode=pad,align_corners=corners),second=False)
img,gr=R((1,2,3,4)),R((1,2,2,2))
F('grid_sample',[rand((1,2,3,4),f32).requires_grad_(),rand((1,2,2,2),f32).requires_grad_()],second=False); F('grid_sample',[R((0,2,3,4)),R((0,2,2,2))],second=False); F('grid_sample',[img,rand((1,2,2,2))],second=False); F('grid_sample',[rand((1,2,3,4)),gr],second=False)
for a in ([img,R((1,2,2,1))],[img,rand((1,2,2,2),f32)],[img,R((2,2,2))],[T([[[[1]]]],i64),T([[[[1,1]]]],i64)],[rand((1,2,0,4)),gr],[img,R((2,2,2,2))],[rand((1,2,3,4),f16),rand((1,2,2,2),f16)],[R((1,2,3)),R((1,2,1))],[img,R((1,2,2,2,2))]): F('grid_sample',a)
F('grid_sample',[img,gr],{'mode':'other'}); F('grid_sample',[img,gr],{'padding_mode':'other'}); F('grid_sample',[R((1,2,2,2,2)),R((1,2,2,2,3))],{'mode':'bicubic'})
for corners in (True,False):
    F('affine_grid',[R((2,2,3)),(2,1,3,4)],{'align_corners':corners}); F('affine_grid',[R((2,3,4)),(2,1,3,4,5)],{'align_corners':corners}); F('affine_grid',[R((1,2,3)),(1,1,1,2)],{'align_corners':corners}); F('affine_grid',[rand((1,2,3),f32).requires_grad_(),(1,3,2,2)],{'align_corners':corners})
for a in ([R((2,2,3)),(3,1,3,4)],[R((2,2,3)),(2,1,3)],[R((2,2,2)),(2,1,3,4)],[T([[[1,2,3],[4,5,6]]],i64),(1,1,3,4)],[R((2,2,3)),(2,1,0,4)],[R((2,3)),(2,1,3,4)],[R((2,3,4)),(2,1,3,4)],[R((2,2,3)),(2,1,3,4,5)]): F('affine_grid',a)

ix,w,off=T([1,2,4,1,0],i64),R((5,3)),T([0,3],i64)
for mode in ('mean','sum','max'):
    for kw in ({},{'padding_idx':1},{'padding_idx':-5}):
        F('embedding_bag',[ix,w,off],dict(kw,mode=mode),second=False); F('embedding_bag',[T([[1,2],[4,1],[0,0]],i64),w],dict(kw,mode=mode),second=False)
    F('embedding_bag',[ix,w,T([0,3,3,5],i64)],{'mode':mode},second=False); F('embedding_bag',[ix,w,T([0,3,5],i64)],{'mode':mode,'include_last_offset':True},second=False)
    F('embedding_bag',[T([1,1],i32),w,T([0,1],i32)],{'mode':mode},second=False); F('embedding_bag',[ix,rand((5,2),f32).requires_grad_(),off],{'mode':mode},second=False); F('embedding_bag',[T([1],i64),w,T([0],i64)],{'mode':mode},second=False)
F('embedding_bag',[ix,w,off],{'mode':'sum','per_sample_weights':R((5,))},second=False); F('embedding_bag',[T([[1,2],[4,1]],i64),w],{'mode':'sum','per_sample_weights':R((2,2))},second=False)
for a,kw in (([ix,w,off],{'mode':'mean','per_sample_weights':R((5,))}),([ix,w],{}),([T([[1,2]],i64),w,off],{}),([ix,w,off],{'mode':'other'}),([ix+9,w,off],{}),([ix,w,off+1],{}),([ix.double(),w,off],{}),([ix,w,T([0,3,9],i64)],{}),([ix,w,off],{'padding_idx':9}),([T([[[1]]],i64),w],{}),([ix,w,off[None]],{}),([ix,w,off],{'mode':'sum','per_sample_weights':R((4,))})): F('embedding_bag',a,kw)

def lp(shape,dtype=f64): return rand(shape).log_softmax(-1).to(dtype).requires_grad_()
tg=T([[1,2,2],[3,1,0]],i64)
for red in ('mean','sum','none'):
    F('ctc_loss',[lp((7,2,4)),tg,[7,5],[3,2]],{'reduction':red},second=False); F('ctc_loss',[lp((7,2,4)),T([1,2,2,3,1],i64),T([6,5],i64),T([3,2],i64)],{'reduction':red},second=False)
    F('ctc_loss',[lp((6,4)),T([1,3,3],i64),T(6,i64),T(3,i64)],{'reduction':red},second=False); F('ctc_loss',[lp((5,2,4)),tg,[5,2],[3,2]],{'reduction':red,'blank':0},second=False)
    F('ctc_loss',[lp((4,2,5)),T([[0,1],[2,0]],i64),[4,4],[2,2]],{'reduction':red,'blank':4},second=False); F('ctc_loss',[lp((6,2,4)),tg,[6,5],[0,2]],{'reduction':red},second=False)
    F('ctc_loss',[lp((2,2,4)),tg,[2,2],[3,2]],{'reduction':red,'zero_infinity':True},second=False,grads=False); F('ctc_loss',[lp((2,2,4)),tg,[2,2],[3,2]],{'reduction':red},second=False,grads=False)
F('ctc_loss',[lp((6,2,4),f32),tg,[6,5],[3,2]],second=False); F('ctc_loss',[rand((5,1,3)).requires_grad_(),T([[1,2]],i64),[5],[2]],second=False); F('ctc_loss',[lp((3,1,3)),T([[1]],i32),T([3],i32),T([1],i32)],second=False)
l=lp((6,2,4))
for a,kw in (([l,tg,[6,9],[3,2]],{}),([l,tg,[6],[3,2]],{}),([l,tg,[6,5],[3]],{}),([l,tg,[6,5],[3,4]],{}),([l,tg,[6,5],[3,2]],{'blank':4}),([l,tg,[6,5],[3,2]],{'reduction':'other'}),([lp((6,2,4),f16),tg,[6,5],[3,2]],{}),([l,T([1,2],i64),[6,5],[3,2]],{})): F('ctc_loss',a,kw)

for size in ((2,2,1),2,(None,2,1)):
    if size!=(None,2,1): F('adaptive_max_pool3d',[R((1,2,3,4,3)),size])
F('adaptive_max_pool3d',[R((2,3,4,3)),(3,1,2)]); F('adaptive_max_pool3d',[R((1,1,5,4,3)),(2,3,3)]); F('adaptive_max_pool3d_with_indices',[R((1,2,3,4,3)),(2,2,2)]); F('adaptive_max_pool3d',[rand((1,1,2,2,2),f32).requires_grad_(),1])
for a in ([R((3,4,3)),2],[R((1,2,3,4,3)),(2,2)],[T([[[[1,2]]]],i64),1],[rand((1,2,0,4,3)),2]): F('adaptive_max_pool3d',a)
F('lp_pool3d',[R((1,2,4,4,4),lo=0.1),2,2]); F('lp_pool3d',[R((1,1,4,3,5),lo=0.1),3,2],{'stride':1}); F('lp_pool3d',[R((1,1,3,3,3),lo=0.1),2,2],{'ceil_mode':True})
save()
