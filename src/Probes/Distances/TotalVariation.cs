namespace MiniGrad.Probes.Distances;

/// <summary>
/// How rough an image is: the sum of |x[r+1, c] − x[r, c]| + |x[r, c+1] − x[r, c]| inside the image, over all channels, divided by
/// the number of pixels, so that a weight on it means the same at any resolution. Anisotropic, with the subgradient 0 of |·| at 0.
/// </summary>
internal static class TotalVariation
{
    /// <summary>The variation [N] of images [N, …, height, width], differentiable; of rows [N, n] along the row.</summary>
    public static Tensor Of(Tensor images)
    {
        Tensor sum = Along(images, images.Rank - 1);
        if (images.Rank > 2) sum += Along(images, images.Rank - 2);
        return sum * ((double)images.Shape[0] / images.Count);
    }

    private static Tensor Along(Tensor images, int axis)
    {
        int steps = images.Shape[axis] - 1;
        if (steps == 0) return Ops.Zeros([images.Shape[0]], images.Type, images.Device);
        return (images.Take(axis, new AxisRange(1, steps)) - images.Take(axis, new AxisRange(0, steps))).NormL1(Rows.Axes(images));
    }
}
