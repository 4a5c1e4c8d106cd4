namespace MiniGrad.Nn.Layers;

/// <summary>
/// A temperature of each image: one more output s makes the logits z into z · τ, τ = exp(s) with s kept in [−6, 6], so that the
/// temperature is 1/τ. Fresh weights are 0, which leaves the logits as they are.
/// </summary>
public sealed class Temperature(Params p, int features) : Module
{
    /// <summary>The tap that shows τ, [N, 1].</summary>
    public const string TapName = "temperature";

    private const double Most = 6;

    private readonly Parameter weight = p.Constant("weight", [1, features], 0);
    private readonly Parameter bias = p.Constant("bias", [1], 0);

    /// <summary>τ of each image [N, 1], from features [N, features].</summary>
    public override Tensor Forward(Tensor x, Pass? pass = null) => x.Linear(weight.Value, bias.Value).Clamp(-Most, Most).Exp();

    /// <summary>The logits [N, classes] at each image's own temperature.</summary>
    public Tensor Forward(Tensor features, Tensor logits, Pass? pass)
    {
        Tensor tau = Forward(features, pass);
        pass?.Tap?.Invoke(TapName, tau);
        return logits * tau;
    }
}
