open Autograd
open Functional.Autograd

/// A line with its parameters.
type Line = { Slope: Node; Offset: Node }

Tree.Register<Line, struct (Node * Node)>((fun l -> struct (l.Slope, l.Offset)), (fun struct (a, b) -> { Slope = a; Offset = b }))

let x = vector [ 0.0; 1.0; 2.0; 3.0 ]
let y = x * scalar 2.0 - scalar 1.0

let loss line =
    Ops.Mean(Ops.Square(line.Slope * x + line.Offset - y))

// Gradient descent over a record, compiled.
let descend =
    compile (fun line -> Tree.Map((fun (p: Node) (g: Node) -> p - scalar 0.1 * g), line, grad loss line))

let fitted =
    { Slope = scalar 0.0; Offset = scalar 0.0 }
    |> Seq.unfold (fun line -> let next = descend line in Some(next, next))
    |> Seq.item 299

// Derivatives of derivatives are composition.
let second: Node -> Node = Ops.Sin |> grad |> grad

// A running mean that forgets; the sum of all means is 10r - 5r² + r³.
let smoothed rate =
    scan (fun mean now -> let next = mean + rate * (now - mean) in next, next) (scalar 0.0) x |> snd |> Ops.Sum

let check name (given: float) wanted =
    let holds = abs (given - wanted) <= 1e-6 * (1.0 + abs wanted)
    printfn "%s %s: %.6f" (if holds then "ok    " else "FAILED") name given
    if holds then 0 else 1

[<EntryPoint>]
let main _ =
    [ check "the slope of a line through points" (values fitted.Slope).[0] 2.0
      check "its offset" (values fitted.Offset).[0] -1.0
      check "the second derivative of sin" (values (second (scalar 0.5))).[0] (-sin 0.5)
      check "a sum of second derivatives, row by row" (values (Ops.Sum(vmap (Ops.Exp |> grad |> grad) x))).[0] (Seq.sumBy exp [ 0.0 .. 3.0 ])
      check "an entry of a Hessian" (values (hessian (fun v -> Ops.Sum(v * v * v)) x)).[5] 6.0
      check "a gradient through a loop" (values (grad smoothed (scalar 0.5))).[0] (10.0 - 10.0 * 0.5 + 3.0 * 0.25) ]
    |> List.sum
