using MiniGrad.Formats.Images;

namespace MiniGrad.Charts.Images;

/// <summary>One iterate of an image path: number, image, confidence of the source class, predicted class.</summary>
public sealed record PathFrame(int Iteration, PixelImage Image, double SourceConfidence, string Prediction);
