namespace MiniGrad.Probes.Attacks;

/// <summary>Which way a first-order step over angle and shifts goes.</summary>
public enum FirstOrderDirection
{
    /// <summary>Every parameter by its whole step, to the side where the loss rises.</summary>
    Sign,

    /// <summary>Along the derivatives by the shares of the limits, scaled to a Euclidean length of 1.</summary>
    L2,
}

/// <summary>One step of gradient ascent over angle and shifts.</summary>
internal static class FirstOrderStep
{
    /// <summary>
    /// The move of points [N, 3] of a warp, in shares of its limits: α ⊙ sign(g), or α ⊙ w/‖w‖ with w = T ⊙ g, where g is the
    /// derivative by degrees and pixels, T the limits and α the step. No move where the gradient is zero, and none along an axis
    /// whose limit is 0. It is not clipped to the limits.
    /// </summary>
    /// <param name="gradient">
    /// The derivatives of the losses by the shares [N, 3]. A share is u/T, so that they are T ⊙ g as they are.
    /// </param>
    /// <param name="warp">The limits.</param>
    /// <param name="degrees">The step of the angle.</param>
    /// <param name="pixels">The step of the shifts.</param>
    /// <param name="direction">Which way to go.</param>
    public static Tensor Step(
        Tensor gradient, Warp warp, double degrees, double pixels, FirstOrderDirection direction = FirstOrderDirection.Sign)
    {
        Tensor towards = direction == FirstOrderDirection.Sign ? gradient.Sign() : Threat.L2(1).Steepest(gradient);
        double shift = Share(pixels, warp.Pixels);
        return towards * Tensor.From([Share(degrees, warp.Degrees), shift, shift], [1, 3], gradient.Device).Cast(gradient.Type);
    }

    private static double Share(double step, double limit) => limit > 0 ? step / limit : 0;
}
