namespace MiniGrad;

/// <summary>The same elements in the same order under another shape.</summary>
internal sealed class Reshape(Shape from, Shape to) : LinearOp
{
    public override string Name => "reshape";

    protected override Tensor Compute(Tensor x)
    {
        if (x.Layout.TryReshape(to, out Layout view)) return new(x.Storage, view);
        Tensor copy = MiniGrad.Contiguous.Copy(x);
        copy.Layout.TryReshape(to, out view);
        return new(copy.Storage, view);
    }

    protected override Tensor Adjoint(Tensor u) => u.Reshape(from);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>Another shape for the same elements; one size may be −1 and is computed.</summary>
        /// <exception cref="ArgumentException">The sizes do not hold as many elements as x.</exception>
        public Tensor Reshape(params ReadOnlySpan<int> sizes)
        {
            int open = sizes.IndexOf(-1);
            if (open < 0) return x.Reshape(new Shape(sizes));
            long known = 1;
            for (int i = 0; i < sizes.Length; i++) known *= i == open ? 1 : sizes[i];
            int[] to = sizes.ToArray();
            if (known <= 0 || x.Count % known != 0) Throw.Argument($"reshape: {x.Shape} does not divide into [{string.Join(", ", to)}].");
            to[open] = (int)(x.Count / known);
            return x.Reshape(new Shape(to));
        }

        /// <summary>The same elements in row-major order under another shape of equal count; copied only where no view can do it.</summary>
        /// <exception cref="ArgumentException">The shape does not hold as many elements as x.</exception>
        public Tensor Reshape(Shape shape)
        {
            if (shape == x.Shape) return x;
            if (shape.Count != x.Count) Throw.Argument($"reshape: {x.Shape} holds {x.Count} elements, {shape} needs {shape.Count}.");
            return new Reshape(x.Shape, shape).Apply(x);
        }

        /// <summary>[N, …] as [N, the rest].</summary>
        public Tensor Flatten() => x.Reshape(x.Shape[0], (int)(x.Count / Math.Max(1, x.Shape[0])));

        /// <summary>A new axis of size 1.</summary>
        public Tensor Unsqueeze(int axis)
        {
            axis = Shape.Axis(axis, x.Rank + 1);
            Shape shape = x.Shape;
            Span<int> sizes = stackalloc int[x.Rank + 1];
            shape.Sizes[..axis].CopyTo(sizes);
            sizes[axis] = 1;
            shape.Sizes[axis..].CopyTo(sizes[(axis + 1)..]);
            return x.Reshape(new Shape(sizes));
        }

        /// <summary>Drops an axis of size 1.</summary>
        /// <exception cref="ArgumentException">The axis is not of size 1.</exception>
        public Tensor Squeeze(int axis)
        {
            if (x.Shape[axis] != 1) Throw.Argument($"squeeze: axis {axis} of {x.Shape} is not of size 1.");
            return x.Reshape(x.Shape.Without(axis));
        }
    }
}
