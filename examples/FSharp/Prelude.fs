/// The transforms as curried F# functions, so that they compose with >> and |>.
module Autograd

open System
open Functional.Autograd

let private func (f: 'a -> 'b) = Func<'a, 'b> f

/// The gradient of a function of any structure of tensors.
let grad (f: 'a -> Node) : 'a -> 'a = fun x -> Transforms.Grad<'a>(func f).Invoke x

/// The value and the gradient.
let valueAndGrad (f: 'a -> Node) (x: 'a) =
    let struct (value, gradient) = Transforms.ValueAndGrad<'a>(func f).Invoke x
    value, gradient

/// The derivative in a direction.
let jvp (f: 'a -> 'b) (x: 'a) (tangent: 'a) =
    let struct (value, along) = Transforms.Jvp<'a, 'b>(func f, x, tangent)
    value, along

/// The second derivatives of a function with one result.
let hessian (f: Node -> Node) : Node -> Node = fun x -> Transforms.Hessian(func f).Invoke x

/// A function of one row as a function of many.
let vmap (f: 'a -> 'b) : 'a -> 'b = fun x -> Transforms.Vmap<'a, 'b>(func f).Invoke x

/// A function planned once for each combination of types.
let compile (f: 'a -> 'b) : 'a -> 'b =
    let run = Transforms.Compile<'a, 'b>(func f)
    fun x -> run.Invoke x

/// A loop over the first axis: from (carry, element) to (carry, output).
let scan (step: 'c -> 'x -> 'c * 'y) (init: 'c) (over: 'x) =
    let next = Func<'c, 'x, struct ('c * 'y)>(fun carry x -> let carry, y = step carry x in struct (carry, y))
    let struct (last, outputs) = Ops.Scan<'c, 'x, 'y>(next, init, over)
    last, outputs

/// A number as a tensor without axes.
let scalar (value: float) = Node.op_Implicit value

/// A vector.
let vector (values: float list) = Ops.Tensor<float>(Array.ofList values)

/// The elements.
let values (x: Node) = Transforms.Evaluate<float> x
