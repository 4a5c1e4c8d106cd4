namespace MiniGrad.Training.Optimizers;

/// <summary>The learning rate as a function of the epoch, fractions included.</summary>
public abstract record Schedule
{
    /// <summary>The rate at a moment of the training, 0 at its start.</summary>
    public abstract double At(double epoch);
}

/// <summary>Always the same rate.</summary>
public sealed record ConstantSchedule(double Rate) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch) => Rate;
}

/// <summary>The rate times a factor at each milestone epoch that has passed.</summary>
public sealed record StepSchedule(double Rate, double Factor, params double[] Milestones) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch) => Rate * Math.Pow(Factor, Milestones.Count(m => epoch >= m));
}

/// <summary>Half a cosine from the rate down to 0 over the epochs. Loshchilov and Hutter, arXiv:1608.03983, without restarts.</summary>
public sealed record CosineSchedule(double Rate, double Epochs) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch) => Rate * 0.5 * (1 + Math.Cos(Math.PI * Math.Clamp(epoch / Epochs, 0, 1)));
}

/// <summary>Straight lines between (epoch, rate) points; constant before the first and after the last.</summary>
public sealed record PiecewiseLinearSchedule(params (double Epoch, double Rate)[] Points) : Schedule
{
    /// <inheritdoc/>
    public override double At(double epoch)
    {
        if (epoch <= Points[0].Epoch) return Points[0].Rate;
        for (int i = 1; i < Points.Length; i++)
        {
            if (epoch > Points[i].Epoch) continue;
            double t = (epoch - Points[i - 1].Epoch) / (Points[i].Epoch - Points[i - 1].Epoch);
            return Points[i - 1].Rate + t * (Points[i].Rate - Points[i - 1].Rate);
        }
        return Points[^1].Rate;
    }
}
