using MiniGrad.Nn.Layers;

namespace MiniGrad.Nn.Networks;

/// <summary>
/// The convolutional part of a network: images [N, channels, H, W] of every size that its windows fit to the value of its
/// last tap. The network puts its classifier behind it; LPIPS compares its taps.
/// </summary>
internal abstract class Trunk : Module
{
    private readonly List<(string Name, int Channels)> taps = [];

    private protected Trunk(int channels, Activation activation, Downsampling down)
    {
        Channels = channels;
        Activation = activation;
        Down = down;
    }

    /// <summary>The names that a pass can tap, in order, and the channels of their values [N, channels, H, W].</summary>
    public IReadOnlyList<(string Name, int Channels)> Taps => taps;

    /// <summary>The channels of the images; while layers are made, those of the last tap.</summary>
    private protected int Channels { get; private set; }

    private protected Activation Activation { get; }

    private protected Downsampling Down { get; }

    private protected void AddTap(string name, int channels)
    {
        taps.Add((name, channels));
        Channels = channels;
    }

    private protected Tensor Tapped(int index, Tensor x, Pass? pass)
    {
        pass?.Tap?.Invoke(taps[index].Name, x);
        return x;
    }
}
