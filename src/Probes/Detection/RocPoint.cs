namespace MiniGrad.Probes.Detection;

/// <summary>One point of the curve: the rates of "score ≥ threshold" on natural and on perturbed examples.</summary>
internal readonly record struct RocPoint(double Threshold, double FalsePositiveRate, double TruePositiveRate);
