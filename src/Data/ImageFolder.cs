using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;
using MiniGrad.Formats.Images;

namespace MiniGrad.Data;

/// <summary>
/// Image files in one folder per class (<c>cat/1.jpg</c>) as a data set. Classes are the folders in ordinal order of their
/// names; where an index of classes is given or lies beside them, the folders are WordNet ids and take its numbers.
/// </summary>
public sealed partial class ImageFolder
{
    /// <summary>The most bytes all images together may take, one a value.</summary>
    public const long MaxBytes = 2_000_000_000;

    private ImageFolder(ImageDataSet images, IReadOnlyList<string> files, IReadOnlyList<string> notes)
    {
        Images = images;
        Files = files;
        Notes = notes;
    }

    /// <summary>The images and their labels.</summary>
    public ImageDataSet Images { get; }

    /// <summary>The file of each image, below the folder.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What was left out, and what else the user should know.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads .png, .jpg and .jpeg files; other files, folders in folders and symbolic links are skipped with a note.</summary>
    /// <param name="path">The folder of the class folders.</param>
    /// <param name="transform">What makes all images one size; without it they must have one size already.</param>
    /// <param name="classes">The index of classes; without it <see cref="ClassNames.FileName"/> in the folder, if it is there.</param>
    /// <param name="channels">3 for RGB, 1 for grey by the luma of ITU-R BT.601.</param>
    public static ImageFolder Open(string path, ImageTransform? transform = null, ClassNames? classes = null, int channels = 3)
    {
        if (channels is not (1 or 3)) Throw.Argument($"folder: {channels} channels asked for, only 1 (grey) or 3 (RGB) are possible.");
        DirectoryInfo root = new(path);
        if (!root.Exists)
        {
            throw new DataSetException($"folder: {path} is no folder. Give one that holds a folder of images for each class.");
        }
        ImageFolderListing listing = new(root);
        if (listing.Files.Count == 0)
        {
            string found = string.Concat(listing.Notes().Select(note => " " + note));
            throw new DataSetException(
                $"folder: {path} holds no images. Put .png, .jpg or .jpeg files into a folder for each class.{found}");
        }
        string index = Path.Combine(path, ClassNames.FileName);
        if (classes is null && File.Exists(index)) classes = ClassNames.Load(index);
        int[] numbers = classes is null ? [.. Enumerable.Range(0, listing.Classes.Count)] : Numbers(path, listing.Classes, classes);
        (byte[] pixels, int height, int width) = Decode(path, listing.Files, transform, channels);
        int[] labels = [.. listing.Files.Select(file => numbers[file.Class])];
        List<string> notes = listing.Notes();
        if (classes is null && listing.Classes.All(name => WordNetId().IsMatch(name)))
        {
            notes.Add($"The class folders are WordNet ids, numbered 0 to {listing.Classes.Count - 1} here; "
                + $"for ImageNet's own numbers put {ClassNames.FileName} beside them.");
        }
        ImageDataSet images = new($"folder:{path}", channels, height, width, pixels, labels, classes?.Names ?? listing.Classes);
        return new(images, [.. listing.Files.Select(file => file.Name)], notes);
    }

    private static int[] Numbers(string path, List<string> folders, ClassNames classes)
    {
        int[] numbers = [.. folders.Select(classes.IndexOf)];
        int unknown = Array.IndexOf(numbers, -1);
        if (unknown < 0) return numbers;
        string name = folders[unknown];
        string guess = Suggestion.Nearest(name, classes.Ids) is { } near ? $"; did you mean \"{near}\"?" : ".";
        throw new DataSetException(
            $"folder: {path}: the index of {classes.Count} classes has no id \"{name}\"{guess} Rename the folder, "
            + "or leave the index of classes out.");
    }

    /// <summary>All images as channels, rows, columns. The first decides their size where no transform does.</summary>
    private static (byte[] Pixels, int Height, int Width) Decode(
        string path, List<(string Name, int Class)> files, ImageTransform? transform, int channels)
    {
        PixelImage? first = transform is null ? Load(0) : null;
        (int width, int height) = first is null ? (transform!.CropWidth, transform.CropHeight) : (first.Width, first.Height);
        long size = (long)channels * height * width;
        if (size * files.Count > MaxBytes)
        {
            throw new DataSetException(
                $"folder: {path}: {files.Count} images of {channels} x {height} x {width} take {size * files.Count} "
                + $"bytes, more than {MaxBytes}. "
                + "Use fewer images, or resize them to less.");
        }
        byte[] pixels = new byte[size * files.Count];
        ExceptionDispatchInfo?[] errors = new ExceptionDispatchInfo[files.Count];
        Parallel.For(0, files.Count, (i, loop) =>
        {
            try
            {
                PixelImage image = i == 0 && first is not null ? first : Load(i);
                if (image.Width != width || image.Height != height)
                {
                    throw new DataSetException(
                        $"folder: {Path.Combine(path, files[i].Name)} has {image.Width} x {image.Height} pixels, "
                        + $"{files[0].Name} has {width} x {height}. Bring all images to one size: give a transform.");
                }
                Spread(image, channels, pixels.AsSpan((int)(i * size), (int)size));
            }
            catch (Exception e)
            {
                errors[i] = ExceptionDispatchInfo.Capture(e);
                // Files before this one are still read, so that the error is that of the first bad file in every run.
                loop.Break();
            }
        });
        Array.Find(errors, error => error is not null)?.Throw();
        return (pixels, height, width);

        PixelImage Load(int i)
        {
            string file = Path.Combine(path, files[i].Name);
            PixelImage image = ImageFile.Read(file);
            try
            {
                return transform?.Apply(image) ?? ImageTransform.ToRgb(image);
            }
            catch (ArgumentException e)
            {
                throw new DataSetException($"folder: {file}: {e.Message}", e);
            }
        }
    }

    private static void Spread(PixelImage rgb, int channels, Span<byte> target)
    {
        ReadOnlySpan<byte> pixels = rgb.Pixels;
        int plane = rgb.Width * rgb.Height;
        for (int i = 0; i < plane; i++)
        {
            ReadOnlySpan<byte> pixel = pixels.Slice(3 * i, 3);
            if (channels == 1)
            {
                // Pillow's convert("L"): the weights in 16-bit fixed point, which sum to 1 exactly.
                target[i] = (byte)((19595 * pixel[0] + 38470 * pixel[1] + 7471 * pixel[2] + 32768) >> 16);
                continue;
            }
            for (int k = 0; k < 3; k++) target[k * plane + i] = pixel[k];
        }
    }

    [GeneratedRegex("^n[0-9]{8}$")]
    private static partial Regex WordNetId();
}
