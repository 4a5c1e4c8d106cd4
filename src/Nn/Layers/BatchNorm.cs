namespace MiniGrad.Nn;

/// <summary>Batch normalisation of the channel axis: batch statistics while training, running ones otherwise. arXiv:1502.03167.</summary>
public sealed class BatchNorm(Params p, int channels, double epsilon = 1e-5, double momentum = 0.1) : Module
{
    public Parameter Weight { get; } = p.Constant("weight", [channels], 1);

    public Parameter Bias { get; } = p.Constant("bias", [channels], 0);

    public Parameter RunningMean { get; } = p.Constant("running_mean", [channels], 0, trainable: false);

    public Parameter RunningVariance { get; } = p.Constant("running_var", [channels], 1, trainable: false);

    public override Tensor Forward(Tensor x, Pass? pass = null)
    {
        if (pass is not { IsTraining: true })
        {
            return x.BatchNorm(RunningMean.Value, RunningVariance.Value, Weight.Value, Bias.Value, epsilon);
        }
        (Tensor y, Tensor mean, Tensor variance) = x.BatchNormTraining(Weight.Value, Bias.Value, epsilon);
        double n = (double)x.Count / channels;
        double unbiased = n / Math.Max(1, n - 1);
        pass.Updates.Add((RunningMean, Blend(RunningMean, mean.Detach())));
        pass.Updates.Add((RunningVariance, Blend(RunningVariance, variance.Detach() * unbiased)));
        return y;
    }

    private Tensor Blend(Parameter running, Tensor fresh) => running.Value.Detach() * (1 - momentum) + fresh * momentum;
}
