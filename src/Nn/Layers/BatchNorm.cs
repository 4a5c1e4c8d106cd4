namespace MiniGrad.Nn;

/// <summary>Batch normalisation of the channel axis: batch statistics while training, running ones otherwise. arXiv:1502.03167.</summary>
public sealed class BatchNorm : Module
{
    private readonly double epsilon;
    private readonly double momentum;

    public BatchNorm(Params p, int channels, double epsilon = 1e-5, double momentum = 0.1)
    {
        this.epsilon = epsilon;
        this.momentum = momentum;
        Weight = p.Constant("weight", [channels], 1);
        Bias = p.Constant("bias", [channels], 0);
        RunningMean = p.Constant("running_mean", [channels], 0, trainable: false);
        RunningVariance = p.Constant("running_var", [channels], 1, trainable: false);
        // PyTorch counts training batches here; the momentum is constant, so nothing depends on it.
        p.Ignore("num_batches_tracked");
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }

    public Parameter RunningMean { get; }

    public Parameter RunningVariance { get; }

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        if (pass is not { IsTraining: true })
        {
            return x.BatchNorm(RunningMean.Value, RunningVariance.Value, Weight.Value, Bias.Value, epsilon);
        }
        (Tensor y, Tensor mean, Tensor variance) = x.BatchNormTraining(Weight.Value, Bias.Value, epsilon);
        double n = (double)x.Count / x.Shape[1];
        double unbiased = n / Math.Max(1, n - 1);
        pass.Updates.Add((RunningMean, Blend(RunningMean, mean.Detach())));
        pass.Updates.Add((RunningVariance, Blend(RunningVariance, variance.Detach() * unbiased)));
        return y;
    }

    private Tensor Blend(Parameter running, Tensor fresh) => running.Value.Detach() * (1 - momentum) + fresh * momentum;
}
