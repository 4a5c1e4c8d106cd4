using MiniGrad.Data;
using MiniGrad.Nn;

namespace MiniGrad.Lab.Models;

/// <summary>Whether a network and a data set belong together.</summary>
internal static class DataFit
{
    public static void Check(Network network, string name, ImageDataSet data)
    {
        Shape wanted = network.InputShape;
        if (wanted != new Shape(data.Channels, data.Height, data.Width))
        {
            throw new UsageException($"{name} takes images of {wanted}, {data.Name} has [{data.Channels}, {data.Height}, {data.Width}]. "
                + "Choose a network or a data set that fits.");
        }
        if (network.ClassCount != data.ClassCount)
        {
            throw new UsageException(
                $"{name} has {network.ClassCount} classes, {data.Name} has {data.ClassCount}. Choose weights or data that fit.");
        }
    }
}
