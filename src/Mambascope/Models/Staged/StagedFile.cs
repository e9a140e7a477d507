using Mambascope.Checkpoints;
using Mambascope.Models.Mixers;

namespace Mambascope.Models;

/// <summary>What config.json may say of a model with stages, and that its tensors agree. All of it may be absent: shapes decide.</summary>
internal static class StagedFile
{
    /// <summary>Standard height and width of pictures: image_size, one number or two.</summary>
    public static (int Height, int Width) ImageSize(ConfigFile? config)
        => config?.GetInt32s("image_size", least: Stem.Patch) switch
        {
            null => (224, 224),
            [var side] => (side, side),
            [var height, var width] => (height, width),
            var other => throw new BadInputException(
                $"{config.Path}: image_size has {other.Length} numbers, expected one, or height and width"),
        };

    /// <summary>Throws where config.json lists other numbers than the tensors have.</summary>
    public static void Agree(this ModelTensors tensors, string key, IReadOnlyList<int> found)
    {
        if (tensors.Config?.GetInt32s(key) is { } stated && !stated.SequenceEqual(found))
        {
            throw new BadInputException(
                $"{tensors.Config.Path} says {key} = {string.Join(", ", stated)}, the tensors of {tensors.Checkpoint.Path} say "
                    + $"{string.Join(", ", found)}");
        }
    }

    /// <summary>Throws where config.json states another ratio of two widths.</summary>
    public static void AgreeRatio(this ModelTensors tensors, string key, int found, int width)
    {
        if (tensors.Config is { } config && config.Has(key) && config.GetDouble(key) is var stated && (int)(stated * width) != found)
        {
            throw new BadInputException(
                $"{config.Path} says {key} = {stated}, the tensors of {tensors.Checkpoint.Path} say {found / (double)width:0.###}");
        }
    }

    /// <summary>Throws where config.json calls a part by another name.</summary>
    public static void Agree(this ModelTensors tensors, string key, string found)
    {
        if (tensors.Config?.GetString(key, found) is { } stated && stated != found)
        {
            throw new BadInputException(
                $"{tensors.Config.Path} says {key} = \"{Printable.Name(stated)}\", the tensors of {tensors.Checkpoint.Path} say "
                    + $"\"{found}\"");
        }
    }
}
