using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>Where a slice lies along each axis: its first element, its count and the step between elements.</summary>
public readonly record struct AxisRange(int Start, int Count, int Step = 1);

/// <summary>Part of a tensor, by a range with a step along each axis; a view. Its adjoint is <see cref="Embed"/>.</summary>
internal sealed class Slice(Shape from, AxisRange[] region) : LinearOp
{
    public override string Name => "slice";

    protected override Tensor Compute(Tensor x) => new(x.Storage, Cut(x.Layout, region));

    protected override Tensor Adjoint(Tensor u) => new Embed(from, region).Apply(u);

    internal static Layout Cut(Layout layout, AxisRange[] region)
    {
        for (int axis = 0; axis < region.Length; axis++)
        {
            layout = layout.Slice(axis, region[axis].Start, region[axis].Count, region[axis].Step);
        }
        return layout;
    }
}

/// <summary>Zeros of a larger shape with the input at a region. Its adjoint is <see cref="Slice"/>.</summary>
internal sealed class Embed(Shape to, AxisRange[] region) : LinearOp
{
    public override string Name => "embed";

    protected override Tensor Compute(Tensor x)
    {
        Tensor y = Ops.Zeros(to, x.Type, x.Device);
        Backend.For(x.Device).Copy(x.View, new View(y.Storage, Slice.Cut(y.Layout, region)));
        return y;
    }

    protected override Tensor Adjoint(Tensor u) => new Slice(to, region).Apply(u);
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// Elements start, start + step, … before stop of one axis; negative positions count from the end, a negative
        /// step walks back.
        /// </summary>
        public Tensor Slice(int axis, int start, int? stop = null, int step = 1)
        {
            axis = Shape.Axis(axis, x.Rank);
            int size = x.Shape[axis];
            if (step == 0) Throw.Argument("slice: step is 0. Use a positive or a negative step.");
            int first = start < 0 ? start + size : start;
            int end = stop is not { } s ? (step > 0 ? size : -1) : s < 0 ? s + size : s;
            first = Math.Clamp(first, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
            end = Math.Clamp(end, step > 0 ? 0 : -1, size);
            int count = step > 0 ? (end - first + step - 1) / step : (first - end - step - 1) / -step;
            return x.Take(axis, new AxisRange(count > 0 ? first : 0, Math.Max(0, count), step));
        }

        /// <summary>One position of an axis, which disappears.</summary>
        public Tensor At(int axis, int position)
        {
            axis = Shape.Axis(axis, x.Rank);
            if (position < 0) position += x.Shape[axis];
            return x.Take(axis, new AxisRange(position, 1)).Squeeze(axis);
        }

        /// <summary>An axis backwards.</summary>
        public Tensor Flip(int axis) => x.Take(axis, new AxisRange(Math.Max(0, x.Shape[axis] - 1), x.Shape[axis], -1));

        /// <summary>A range of one axis.</summary>
        public Tensor Take(int axis, AxisRange range)
        {
            axis = Shape.Axis(axis, x.Rank);
            AxisRange[] region = new AxisRange[x.Rank];
            for (int i = 0; i < region.Length; i++) region[i] = i == axis ? range : new(0, x.Shape[i]);
            return new Slice(x.Shape, region).Apply(x);
        }

        /// <summary>Zeros around the last two axes.</summary>
        public Tensor PadZero(int top, int bottom, int left, int right)
        {
            CheckPad(x, top, bottom, left, right);
            Shape to = x.Shape.With(-2, x.Shape[-2] + top + bottom).With(-1, x.Shape[-1] + left + right);
            AxisRange[] region = new AxisRange[x.Rank];
            for (int i = 0; i < region.Length; i++) region[i] = new(0, x.Shape[i]);
            region[^2] = new(top, x.Shape[-2]);
            region[^1] = new(left, x.Shape[-1]);
            return new Embed(to, region).Apply(x);
        }

        /// <summary>The image mirrored at its border (the border itself once) around the last two axes.</summary>
        public Tensor PadReflect(int top, int bottom, int left, int right)
        {
            CheckPad(x, top, bottom, left, right);
            if (Math.Max(top, bottom) >= x.Shape[-2] || Math.Max(left, right) >= x.Shape[-1])
            {
                Throw.Argument($"pad-reflect: {top}, {bottom}, {left}, {right} must be smaller than the image {x.Shape}.");
            }
            return x.TakeIndices(-2, Mirror(x.Shape[-2], top, bottom)).TakeIndices(-1, Mirror(x.Shape[-1], left, right));
        }

        /// <summary>The border pixels repeated around the last two axes.</summary>
        public Tensor PadEdge(int top, int bottom, int left, int right)
        {
            CheckPad(x, top, bottom, left, right);
            return x.TakeIndices(-2, Edge(x.Shape[-2], top, bottom)).TakeIndices(-1, Edge(x.Shape[-1], left, right));
        }
    }

    private static void CheckPad(Tensor x, int top, int bottom, int left, int right)
    {
        if (x.Rank < 2 || Math.Min(Math.Min(top, bottom), Math.Min(left, right)) < 0)
        {
            Throw.Argument(
                $"pad: {top}, {bottom}, {left}, {right} around {x.Shape}: needs two axes and no negative width. Use Slice to crop.");
        }
    }

    private static int[] Mirror(int size, int before, int after) =>
        [.. Enumerable.Range(-before, size + before + after).Select(i => i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i)];

    private static int[] Edge(int size, int before, int after) =>
        [.. Enumerable.Range(-before, size + before + after).Select(i => Math.Clamp(i, 0, size - 1))];
}
