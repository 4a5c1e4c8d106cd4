namespace MiniGrad.Probes.Distances;

/// <summary>The networks whose features LPIPS compares: torchvision's <c>alexnet</c>, <c>vgg16</c> and <c>squeezenet1_1</c>.</summary>
public enum LpipsNet
{
    Alex,
    Vgg,
    Squeeze,
}
