namespace MiniGrad;

/// <summary>What lies outside an image that is sampled.</summary>
public enum Border
{
    /// <summary>Zeros.</summary>
    Zero,

    /// <summary>The nearest border pixel.</summary>
    Edge,
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>
        /// The image [N, C, H, W] at points (column, row) [N, h, w] in pixels, pixel centres on whole numbers, by bilinear
        /// interpolation: [N, C, h, w]. Made of gathers and weights, so it differentiates in image and points, to any order.
        /// </summary>
        public Tensor BilinearSample(Tensor columns, Tensor rows, Border border = Border.Zero)
        {
            Check.Rank("bilinear-sample", "the image", x, 4);
            Check.Rank("bilinear-sample", "the columns", columns, 3);
            Check.Alike("bilinear-sample", x, columns);
            Check.Alike("bilinear-sample", x, rows);
            (int n, int c, int h, int w) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
            if (columns.Shape != rows.Shape || columns.Shape[0] != n)
            {
                Throw.Argument($"bilinear-sample: points {columns.Shape} and {rows.Shape} must be equal and match the batch of {x.Shape}.");
            }
            if (border == Border.Edge)
            {
                columns = Inside(columns, w - 1);
                rows = Inside(rows, h - 1);
            }
            Tensor left = columns.Detach().Floor();
            Tensor top = rows.Detach().Floor();
            Tensor toRight = columns - left;
            Tensor toBottom = rows - top;
            Tensor planes = x.Contiguous().Reshape(n, c, h * w);
            return Corner(planes, left, top, h, w) * ((1 - toRight) * (1 - toBottom)).Unsqueeze(1)
                + Corner(planes, left + 1, top, h, w) * (toRight * (1 - toBottom)).Unsqueeze(1)
                + Corner(planes, left, top + 1, h, w) * ((1 - toRight) * toBottom).Unsqueeze(1)
                + Corner(planes, left + 1, top + 1, h, w) * (toRight * toBottom).Unsqueeze(1);
        }
    }

    // A point on the border counts as outside and has slope 0, as in PyTorch: it has a neighbour on one side only.
    private static Tensor Inside(Tensor x, double last) => x.Where(x > 0, 0).Where(x < last, last);

    /// <summary>The pixels at whole positions, zero outside.</summary>
    private static Tensor Corner(Tensor planes, Tensor column, Tensor row, int h, int w)
    {
        Tensor inside = (column >= 0).Cast(planes.Type) * (column <= w - 1).Cast(planes.Type)
            * (row >= 0).Cast(planes.Type) * (row <= h - 1).Cast(planes.Type);
        // Computed in double: a float cannot count the pixels of a large image.
        Tensor place = (row.Clamp(0, h - 1).Cast(DType.F64) * w + column.Clamp(0, w - 1).Cast(DType.F64)).Cast(DType.I32);
        (int n, int c, Shape points) = (planes.Shape[0], planes.Shape[1], column.Shape);
        int count = points[1] * points[2];
        Tensor index = place.Reshape(n, 1, count);
        index = new Tensor(index.Storage, index.Layout.BroadcastTo([n, c, count]));
        return planes.Gather(2, index).Reshape(n, c, points[1], points[2]) * inside.Unsqueeze(1);
    }
}
