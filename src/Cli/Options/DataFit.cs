using MiniGrad.Data;
using MiniGrad.Nn;

namespace MiniGrad.Cli;

/// <summary>Whether a network and a data set belong together, and how well they do.</summary>
internal static class DataFit
{
    public static void Check(Network network, string name, ImageDataSet data)
    {
        Shape wanted = network.InputShape;
        if (wanted != new Shape(data.Channels, data.Height, data.Width))
        {
            throw new UsageException($"{name} takes images of {wanted}, {data.Name} has [{data.Channels}, {data.Height}, {data.Width}]. Choose a network or a data set that fits.");
        }
        if (network.ClassCount < data.ClassCount)
        {
            throw new UsageException($"{name} was given {network.ClassCount} classes, {data.Name} has {data.ClassCount}. Set --classes, or choose other data.");
        }
    }

    /// <summary>How many predictions equal the labels.</summary>
    public static int Correct(int[] predicted, ImageDataSet data)
    {
        int correct = 0;
        for (int i = 0; i < predicted.Length; i++) correct += predicted[i] == data.Labels[i] ? 1 : 0;
        return correct;
    }
}
