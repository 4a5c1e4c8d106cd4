namespace MiniGrad;

/// <summary>
/// Batch normalisation by the batch's own statistics; inputs x, scale, shift. With G₁ = Σ g, G₂ = Σ g·x̂ over a channel of
/// n values, x̂ = (x − m)·r: dx = s·r·(g − G₁/n − x̂·G₂/n), one blend of g and x. Ioffe and Szegedy, arXiv:1502.03167.
/// </summary>
internal sealed class NormalizeChannels(Tensor mean, Tensor inverse, double epsilon) : Op
{
    public override string Name => "batch-norm";

    public override Tensor?[] Vjp(Node node, Tensor g, Needs needs)
    {
        (Tensor x, Tensor scale, Tensor shift) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        // Higher orders need the statistics as functions of x; the first does with their values.
        (Tensor m, Tensor r) = (mean, inverse);
        if (!Recording.IsPaused)
        {
            (m, Tensor variance) = Moments(x);
            r = (variance + epsilon).Rsqrt();
        }
        Tensor sums = Ops.ChannelSums(g, x);
        Tensor total = sums.At(0, 0);
        Tensor along = r * (sums.At(0, 1) - m * total);
        Tensor? dx = null;
        if (needs[0])
        {
            double n = (double)x.Count / x.Shape[1];
            Tensor ofGradient = scale.Cast(DType.F64) * r;
            Tensor ofImage = ofGradient * r * along * (-1 / n);
            dx = g.ChannelBlend(ofGradient, x, ofImage, ofGradient * total * (-1 / n) - ofImage * m);
        }
        return [dx, needs[1] ? along.Cast(scale.Type) : null, needs[2] ? total.Cast(shift.Type) : null];
    }

    /// <summary>
    /// Mean and biased variance of each channel, in F64. There the difference of squares loses nothing that floats had;
    /// doubles are centred first.
    /// </summary>
    internal static (Tensor Mean, Tensor Variance) Moments(Tensor x)
    {
        if (x.Type == DType.F64)
        {
            double share = (double)x.Shape[1] / x.Count;
            Tensor first = Ops.ChannelSums(x, x).At(0, 0) * share;
            Tensor centred = x.ChannelAffine(Ops.Ones(first.Shape, DType.F64, x.Device), -first);
            return (first, Ops.ChannelSums(centred, centred).At(0, 1) * share);
        }
        Tensor sums = Ops.ChannelSums(x, x) * ((double)x.Shape[1] / x.Count);
        Tensor mean = sums.At(0, 0);
        return (mean, sums.At(0, 1) - mean.Square());
    }
}

public static partial class Ops
{
    extension(Tensor x)
    {
        /// <summary>Each channel of [N, C, …] by given means and variances: an affine map. Ioffe and Szegedy, arXiv:1502.03167.</summary>
        public Tensor BatchNorm(Tensor mean, Tensor variance, Tensor scale, Tensor shift, double epsilon = 1e-5)
        {
            CheckChannels("batch-norm", x, mean, variance, scale, shift);
            Tensor factor = scale * (variance + epsilon).Rsqrt();
            return x.ChannelAffine(factor, shift - mean * factor);
        }

        /// <summary>
        /// Each channel of [N, C, …] by the batch's own mean and (biased) variance. These are returned with it, [C], for
        /// running averages; nothing is differentiated through them.
        /// </summary>
        public (Tensor Output, Tensor Mean, Tensor Variance) BatchNormTraining(Tensor scale, Tensor shift, double epsilon = 1e-5)
        {
            CheckChannels("batch-norm", x, scale, shift);
            if (x.Count == 0) Throw.Argument($"batch-norm: {x.Shape} has no values to take statistics of.");
            Tensor image = x.Contiguous();
            bool paused = Recording.IsPaused;
            using (Recording.Pause())
            {
                (Tensor mean, Tensor variance) = NormalizeChannels.Moments(image.Detach());
                variance = variance.Maximum(Like(variance, 0));
                Tensor inverse = (variance + epsilon).Rsqrt();
                Tensor factor = scale.Detach().Cast(DType.F64) * inverse;
                Tensor y = image.Detach().ChannelAffine(factor, shift.Detach().Cast(DType.F64) - mean * factor);
                using (paused ? Recording.Pause() : Recording.On())
                {
                    return (Op.Record(new NormalizeChannels(mean, inverse, epsilon), [image, scale, shift], y),
                        mean.Cast(x.Type), variance.Cast(x.Type));
                }
            }
        }
    }
}
