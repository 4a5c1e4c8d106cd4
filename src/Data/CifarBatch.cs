namespace MiniGrad.Data;

/// <summary>The images of one file of CIFAR-10: 3 × 32 × 32 bytes an image (red, green, blue; rows first), and their labels.</summary>
public sealed record CifarBatch(byte[] Pixels, int[] Labels);
