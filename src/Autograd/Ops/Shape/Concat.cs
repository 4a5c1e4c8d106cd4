using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>Tensors one after another along an axis.</summary>
internal sealed class Concat(int axis) : Op
{
    public override string Name => "concat";

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        Tensor?[] parts = new Tensor?[node.Inputs.Length];
        int at = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int size = node.Inputs[i].Shape[axis];
            if (needs[i]) parts[i] = g.Take(axis, new AxisRange(at, size));
            at += size;
        }
        return parts;
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        Tensor[] parts = new Tensor[tangents.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            Tensor input = node.Inputs[i];
            parts[i] = tangents[i] ?? Ops.Zeros(input.Shape, input.Type, input.Device);
        }
        return Ops.Concat(parts, axis);
    }
}

public static partial class Ops
{
    /// <summary>The parts one after another along an axis; their other sizes are equal.</summary>
    public static Tensor Concat(Tensor[] parts, int axis)
    {
        if (parts.Length == 0) Throw.Argument("concat: no tensors given.");
        axis = Shape.Axis(axis, parts[0].Rank);
        int total = 0;
        foreach (Tensor part in parts)
        {
            Check.Alike("concat", parts[0], part);
            if (part.Rank != parts[0].Rank || part.Shape.With(axis, 0) != parts[0].Shape.With(axis, 0))
            {
                Throw.Argument($"concat: {part.Shape} and {parts[0].Shape} differ outside axis {axis}.");
            }
            total += part.Shape[axis];
        }
        Tensor y = Tensor.Empty(parts[0].Shape.With(axis, total), parts[0].Type, parts[0].Device);
        int at = 0;
        foreach (Tensor part in parts)
        {
            Backend.For(y.Device).Copy(part.View, new View(y.Storage, y.Layout.Slice(axis, at, part.Shape[axis])));
            at += part.Shape[axis];
        }
        return Op.Record(new Concat(axis), parts, y);
    }

    /// <summary>Tensors of one shape along a new axis.</summary>
    public static Tensor Stack(Tensor[] parts, int axis) => Concat([.. parts.Select(part => part.Unsqueeze(axis))], axis);
}
