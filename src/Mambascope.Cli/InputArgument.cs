using System.CommandLine;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>INPUT: a picture, or a safetensors file with <c>pixel_values</c>. Text is refused with a sentence.</summary>
internal sealed class InputArgument
{
    private readonly Argument<string?> file = new("INPUT")
    {
        Description = "A PNG, JPEG or WebP picture, or a .safetensors file with pixel_values (channels, height, width), normalised already",
        Arity = ArgumentArity.ZeroOrOne,
    };

    // Hidden: known, so that the answer can be better than "unrecognised".
    private readonly Option<string?> text = new("--text") { Hidden = true };
    private readonly Option<string?> tokens = new("--tokens") { Hidden = true };

    internal InputArgument(Command verb)
    {
        verb.Add(file);
        verb.Add(text);
        verb.Add(tokens);
    }

    /// <summary>The file's name.</summary>
    /// <exception cref="UsageException">None was given, or text for a model that looks at pictures.</exception>
    internal string Path(Session session)
    {
        foreach (var option in new[] { text, tokens })
        {
            if (session.Arguments.GetResult(option) is not null)
            {
                throw new UsageException($"{option.Name} is for language models; this one looks at pictures: give a picture file, or a .safetensors file with pixel_values");
            }
        }

        return session.Arguments.GetValue(file)
            ?? throw new UsageException($"INPUT is missing: give a picture file, or a .safetensors file with pixel_values; see mambascope {session.Arguments.CommandResult.Command.Name} --help");
    }

    /// <summary>Reads and, for a picture, preprocesses it.</summary>
    internal static PreprocessedImage Read(Session session, string path, ImageClassifier classifier)
        => session.Progress.During($"reading {path}", () => path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? classifier.ReadPixelValues(path)
            : classifier.Preprocess(ImageFile.Decode(path)));
}
