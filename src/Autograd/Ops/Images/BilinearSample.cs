using MiniGrad.Kernels;

namespace MiniGrad;

/// <summary>What lies outside an image that is sampled.</summary>
public enum Border
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The nearest border pixel.</summary>
    Edge,

    /// <summary>The image mirrored about the centres of its border pixels, again and again.</summary>
    Reflect,
}

/// <summary>
/// An image between its pixels; inputs are the image [N, C, H, W] and the columns and rows of the points [N, h, w]. Its derivatives are
/// made of gathers and weights, so they differentiate again; where nobody records, kernels give the slopes.
/// </summary>
internal sealed class BilinearSample(bool reflects) : Op
{
    public override string Name => "bilinear-sample";

    public Tensor Apply(Tensor image, Tensor columns, Tensor rows)
    {
        Tensor y = Part(image.Detach(), columns.Detach(), rows.Detach(), SampledPart.Value);
        return Record(this, [image, columns, rows], y);
    }

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        (Tensor image, Tensor columns, Tensor rows) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        return
        [
            needs[0] ? Spread(g, image.Shape, columns, rows) : null,
            needs[1] ? (g * Slope(image, columns, rows, SampledPart.AlongColumns)).Sum([1]) : null,
            needs[2] ? (g * Slope(image, columns, rows, SampledPart.AlongRows)).Sum([1]) : null,
        ];
    }

    public override Tensor? Jvp(Node node, Tensor?[] tangents)
    {
        (Tensor image, Tensor columns, Tensor rows) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        Tensor?[] terms =
        [
            tangents[0] is { } v ? Apply(v, columns, rows) : null,
            tangents[1] is { } right ? Slope(image, columns, rows, SampledPart.AlongColumns) * right.Unsqueeze(1) : null,
            tangents[2] is { } down ? Slope(image, columns, rows, SampledPart.AlongRows) * down.Unsqueeze(1) : null,
        ];
        return terms.OfType<Tensor>().Aggregate((a, b) => a + b);
    }

    /// <summary>A slope that is differentiated again where somebody records.</summary>
    private Tensor Slope(Tensor image, Tensor columns, Tensor rows, SampledPart part) =>
        Recording.IsPaused ? Part(image, columns, rows, part) : Made(image, columns, rows, part);

    /// <summary>The value or a slope at the points, by a kernel where the device has one.</summary>
    private Tensor Part(Tensor image, Tensor columns, Tensor rows, SampledPart part)
    {
        (Tensor x, Tensor u, Tensor v) = (image.Contiguous(), columns.Contiguous(), rows.Contiguous());
        Tensor y = Tensor.Empty([x.Shape[0], x.Shape[1], u.Shape[1], u.Shape[2]], x.Type, x.Device);
        bool isDone = Backend.For(x.Device).BilinearSample(x.View, u.View, v.View, reflects, part, y.View);
        return isDone ? y : Made(x, u, v, part);
    }

    /// <summary>The same, made of gathers and weights.</summary>
    private Tensor Made(Tensor image, Tensor columns, Tensor rows, SampledPart part)
    {
        Cell cell = new(columns, rows);
        Tensor Pixels(int right, int down)
        {
            (Tensor index, Tensor inside) = Places(cell, image.Shape, right, down);
            (int n, int c, Shape points) = (image.Shape[0], image.Shape[1], columns.Shape);
            Tensor planes = image.Contiguous().Reshape(n, c, image.Shape[2] * image.Shape[3]);
            return planes.Gather(2, index).Reshape(n, c, points[1], points[2]) * inside.Unsqueeze(1);
        }
        (Tensor p00, Tensor p10, Tensor p01, Tensor p11) = (Pixels(0, 0), Pixels(1, 0), Pixels(0, 1), Pixels(1, 1));
        return part switch
        {
            SampledPart.Value => p00 * cell.Weight(0, 0) + p10 * cell.Weight(1, 0) + p01 * cell.Weight(0, 1) + p11 * cell.Weight(1, 1),
            SampledPart.AlongColumns => (1 - cell.Down) * (p10 - p00) + cell.Down * (p11 - p01),
            _ => (1 - cell.Right) * (p01 - p00) + cell.Right * (p11 - p10),
        };
    }

    /// <summary>The adjoint in the image: each point's cotangent goes to the pixels around it.</summary>
    private Tensor Spread(Tensor g, Shape image, Tensor columns, Tensor rows)
    {
        Cell cell = new(columns, rows);
        (int n, int c, int count) = (image[0], image[1], columns.Shape[1] * columns.Shape[2]);
        Tensor? sum = null;
        foreach ((int right, int down) in ((int, int)[])[(0, 0), (1, 0), (0, 1), (1, 1)])
        {
            (Tensor index, Tensor inside) = Places(cell, image, right, down);
            Tensor part = (g * (cell.Weight(right, down) * inside.Unsqueeze(1))).Reshape(n, c, count);
            Tensor spread = part.ScatterAdd(2, index.Contiguous(), image[2] * image[3]);
            sum = sum is null ? spread : sum + spread;
        }
        return sum!.Reshape(image);
    }

    /// <summary>Where in its plane the pixel lies that is so many steps from the cell's [N, C, points], and whether it exists.</summary>
    private (Tensor Index, Tensor Inside) Places(Cell cell, Shape image, int right, int down)
    {
        (int h, int w) = (image[2], image[3]);
        (Tensor column, Tensor row) = (Tap(cell.Left + right, w), Tap(cell.Top + down, h));
        Tensor inside = (column >= 0).Cast(column.Type) * (column <= w - 1).Cast(column.Type)
            * (row >= 0).Cast(column.Type) * (row <= h - 1).Cast(column.Type);
        // Computed in double: a float cannot count the pixels of a large image.
        Tensor place = (row.Clamp(0, h - 1).Cast(DType.F64) * w + column.Clamp(0, w - 1).Cast(DType.F64)).Cast(DType.I32);
        int count = column.Shape[1] * column.Shape[2];
        Tensor index = place.Reshape(image[0], 1, count);
        return (new Tensor(index.Storage, index.Layout.BroadcastTo([image[0], image[1], count])), inside);
    }

    private Tensor Tap(Tensor place, int size)
    {
        if (!reflects) return place;
        double period = 2 * (size - 1);
        return (size - 1) - (place - (place / period).Floor() * period - (size - 1)).Abs();
    }

    /// <summary>The cell of four pixels around each point: its upper left pixel, and how far right and down in it the point lies.</summary>
    private sealed class Cell(Tensor columns, Tensor rows)
    {
        public Tensor Left { get; } = columns.Detach().Floor();

        public Tensor Top { get; } = rows.Detach().Floor();

        public Tensor Right => field ??= (columns - Left).Unsqueeze(1);

        public Tensor Down => field ??= (rows - Top).Unsqueeze(1);

        public Tensor Weight(int right, int down) => (right == 0 ? 1 - Right : Right) * (down == 0 ? 1 - Down : Down);
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// The image [N, C, H, W] at points (column, row) [N, h, w] in pixels, pixel centres on whole numbers, by bilinear
        /// interpolation: [N, C, h, w]. Differentiates in image and points, to any order; between cells the right and lower one counts.
        /// </summary>
        public Tensor BilinearSample(Tensor columns, Tensor rows, Border border = Border.Zero)
        {
            Check.Rank("bilinear-sample", "the image", x, 4);
            Check.Rank("bilinear-sample", "the columns", columns, 3);
            Check.Alike("bilinear-sample", x, columns);
            Check.Alike("bilinear-sample", x, rows);
            (int n, int h, int w) = (x.Shape[0], x.Shape[2], x.Shape[3]);
            if (columns.Shape != rows.Shape || columns.Shape[0] != n)
            {
                Throw.Argument($"bilinear-sample: points {columns.Shape} and {rows.Shape} must be equal and match the batch of {x.Shape}.");
            }
            if (border == Border.Reflect && Math.Min(h, w) < 2)
            {
                Throw.Argument($"bilinear-sample: an image of {h} x {w} cannot be mirrored about its border. Use another border.");
            }
            if (border == Border.Edge)
            {
                columns = Inside(columns, w - 1);
                rows = Inside(rows, h - 1);
            }
            return new BilinearSample(border == Border.Reflect).Apply(x, columns, rows);
        }
    }

    // A point on the border counts as outside and has slope 0, as in PyTorch: it has a neighbour on one side only.
    private static Tensor Inside(Tensor x, double last) => x.Where(x > 0, 0).Where(x < last, last);
}
