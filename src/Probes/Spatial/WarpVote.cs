using MiniGrad.Probes.Attacks;

namespace MiniGrad.Probes.Spatial;

/// <summary>
/// A vote over rotations and shifts at test time. Its logits are the mean over draws of another classifier's log-softmax. The draws
/// are uniform within the limits and the same for all images; the first is the image as it is.
/// </summary>
public static class WarpVote
{
    /// <summary>The classifier that votes. It is differentiable where the other one is.</summary>
    /// <param name="voter">Who is asked about each draw.</param>
    /// <param name="warp">The rotations and shifts.</param>
    /// <param name="rng">Random numbers of the draws, so that the same seed gives the same classifier.</param>
    /// <param name="draws">How often it is asked, the image as it is included; once is the softmax of that one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no draws.</exception>
    public static Classifier Of(Classifier voter, Warp warp, Rng rng, int draws = 10)
    {
        if (draws < 1) Throw.Range($"vote: {draws} draws; at least 1 is needed.");
        double[][] points = [.. Enumerable.Range(0, draws).Select(draw => draw == 0
            ? new double[3] : (double[])[.. Enumerable.Range(0, 3).Select(axis => 2 * rng.At(draw).At(axis).Uniform() - 1)])];
        return new(images => Mean(voter, warp, points, images), voter.InputShape, voter.ClassCount, voter.Low, voter.High)
        {
            Device = voter.Device,
            Notes = voter.Notes,
        };
    }

    private static Tensor Mean(Classifier voter, Warp warp, double[][] points, Tensor images)
    {
        Tensor? sum = null;
        foreach (double[] point in points)
        {
            Tensor With() => sum is null ? Shares(voter, warp, point, images) : sum + Shares(voter, warp, point, images);
            // A graph needs what was made on the way; otherwise one draw's images are gone before the next one's come.
            sum = images.IsTracked ? With() : Arena.Step(With, next => [next]);
        }
        return sum! * (1.0 / points.Length);
    }

    private static Tensor Shares(Classifier voter, Warp warp, double[] point, Tensor images)
    {
        Tensor all = Tensor.From(point, [1, 3], images.Device).Cast(images.Type).BroadcastTo([images.Shape[0], 3]);
        return voter.Logits(warp.Render(images, all)).LogSoftmax(1);
    }
}
