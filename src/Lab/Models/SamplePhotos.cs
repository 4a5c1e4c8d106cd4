using System.Text.RegularExpressions;
using MiniGrad.Data;
using MiniGrad.Formats.Images;

namespace MiniGrad.Lab.Models;

/// <summary>
/// Photos of ImageNet's classes in one folder, named by the id of their class (<c>n02123045_tabby.jpg</c>), beside the index of classes:
/// resized so that the shorter side has 256 pixels, the middle 224 cut out.
/// </summary>
internal static partial class SamplePhotos
{
    /// <summary>The folder of the photos within that of the data sets.</summary>
    public const string Folder = "images";

    /// <summary>All photos, in the order of their classes' ids.</summary>
    /// <exception cref="InputException">There are no photos, no index of classes, or a photo of a class that the index has not.</exception>
    /// <exception cref="ClassNamesException">The index is damaged.</exception>
    public static ImageDataSet Load(string folder)
    {
        string index = Path.Combine(folder, ClassNames.FileName);
        if (!File.Exists(index))
        {
            throw new InputException($"imagenet: {index} is not there. Put photos named by the id of their class (n02123045_tabby.jpg) "
                + "and the index of classes there, or point --data-dir to the folder above.");
        }
        ClassNames classes = ClassNames.Load(index);
        string[] files = [.. Directory.GetFiles(folder).Where(file => Photo().IsMatch(Path.GetFileName(file)))
            .Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new InputException($"imagenet: {folder} holds no photos. Name them by the id of their class: n02123045_tabby.jpg.");
        }
        (int width, int height) = (ImageTransform.ImageNet.CropWidth, ImageTransform.ImageNet.CropHeight);
        byte[] pixels = new byte[files.Length * 3 * width * height];
        int[] labels = new int[files.Length];
        for (int i = 0; i < files.Length; i++)
        {
            string id = Path.GetFileName(files[i])[..9];
            labels[i] = classes.IndexOf(id);
            if (labels[i] < 0) throw new InputException($"imagenet: {files[i]}: the index of classes has no id {id}. Rename the photo.");
            ReadOnlySpan<byte> rgb = ImageTransform.ImageNet.Apply(ImageFile.Read(files[i])).Pixels;
            for (int k = 0; k < rgb.Length; k++) pixels[(i * 3 + k % 3) * width * height + k / 3] = rgb[k];
        }
        return new("ImageNet photos", 3, height, width, pixels, labels, classes.Names);
    }

    [GeneratedRegex(@"^n[0-9]{8}.*\.(jpe?g|png)$", RegexOptions.IgnoreCase)]
    private static partial Regex Photo();
}
