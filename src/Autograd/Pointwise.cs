using MiniGrad.Kernels;
using MiniGrad.Kernels.Formulas;

namespace MiniGrad;

/// <summary>An operation on each element: the formula and its derivative.</summary>
public interface IPointwise : IFormula
{
    /// <summary>The name in messages and graphs, such as <c>silu</c>.</summary>
    string Name { get; }

    /// <summary>
    /// g · dy/dx, in tensors, or none where the derivative is zero everywhere. The Jacobian is diagonal, so this one
    /// rule serves tangents and cotangents.
    /// </summary>
    Tensor? Chain(Tensor g, Tensor x, Tensor y);
}

/// <summary>An operation on pairs of elements: the formula and its two derivatives.</summary>
public interface IPointwise2 : IFormula2
{
    /// <summary>The name in messages and graphs, such as <c>silu</c>.</summary>
    string Name { get; }

    /// <summary>g · dy/da, or none where it is zero everywhere.</summary>
    Tensor? ChainLeft(Tensor g, Tensor a, Tensor b, Tensor y);

    /// <summary>g · dy/db, or none where it is zero everywhere.</summary>
    Tensor? ChainRight(Tensor g, Tensor a, Tensor b, Tensor y);
}

/// <summary>Applies and differentiates pointwise operations; the door for operations from outside as well.</summary>
public static class Pointwise
{
    /// <summary>f of every element.</summary>
    public static Tensor Of<F>(F formula, Tensor x) where F : struct, IPointwise
    {
        Check.Float(formula.Name, x);
        Tensor y = Tensor.EmptyLike(x);
        Backend.For(x.Device).Map(formula, x.View, y.View);
        return x.Origin is null ? y : Op.Record(new Unary<F>(formula), [x], y);
    }

    /// <summary>f of every pair of elements, after broadcasting.</summary>
    public static Tensor Of<F>(F formula, Tensor a, Tensor b) where F : struct, IPointwise2
    {
        Check.Float(formula.Name, a);
        Check.Alike(formula.Name, a, b);
        if (a.Shape != b.Shape)
        {
            Shape shape = Shape.Broadcast(a.Shape, b.Shape, formula.Name);
            a = a.BroadcastTo(shape);
            b = b.BroadcastTo(shape);
        }
        Tensor y = Tensor.EmptyLike(a);
        Backend.For(a.Device).Zip(formula, a.View, b.View, y.View);
        return a.Origin is null && b.Origin is null ? y : Op.Record(new Binary<F>(formula), [a, b], y);
    }

    /// <summary>Whether f is not 0, for every pair of elements, as a mask. Not differentiable.</summary>
    public static Tensor Mask<F>(F formula, string name, Tensor a, Tensor b) where F : struct, IFormula2
    {
        Check.Float(name, a);
        Check.Alike(name, a, b);
        Shape shape = Shape.Broadcast(a.Shape, b.Shape, name);
        Tensor y = Tensor.Empty(shape, DType.Bool, a.Device);
        Backend.For(a.Device)
            .Zip(formula, new(a.Storage, a.Layout.BroadcastTo(shape)), new(b.Storage, b.Layout.BroadcastTo(shape)), y.View);
        return y;
    }

    private sealed class Unary<F>(F formula) : Op where F : struct, IPointwise
    {
        public override string Name => formula.Name;

        public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) => [formula.Chain(g, node.Inputs[0], node.Output)];

        public override Tensor? Jvp(Node node, Tensor?[] tangents) => formula.Chain(tangents[0]!, node.Inputs[0], node.Output);
    }

    private sealed class Binary<F>(F formula) : Op where F : struct, IPointwise2
    {
        public override string Name => formula.Name;

        public override Tensor?[] Vjp(Node node, Tensor g, Needs needs) =>
        [
            needs[0] ? formula.ChainLeft(g, node.Inputs[0], node.Inputs[1], node.Output) : null,
            needs[1] ? formula.ChainRight(g, node.Inputs[0], node.Inputs[1], node.Output) : null,
        ];

        public override Tensor? Jvp(Node node, Tensor?[] tangents)
        {
            Tensor? left = tangents[0] is { } a ? formula.ChainLeft(a, node.Inputs[0], node.Inputs[1], node.Output) : null;
            Tensor? right = tangents[1] is { } b ? formula.ChainRight(b, node.Inputs[0], node.Inputs[1], node.Output) : null;
            return left is null ? right : right is null ? left : left + right;
        }
    }
}
