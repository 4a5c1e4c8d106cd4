namespace MiniGrad.Nn.Weights;

/// <summary>What a model expects of its inputs: for each channel, (x − mean) / std of pixels in [0, 1].</summary>
public sealed record Preprocessing(double[] Mean, double[] Std);
