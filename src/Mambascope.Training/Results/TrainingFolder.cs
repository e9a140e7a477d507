using System.Text.Json;
using Mambascope.Models;

namespace Mambascope.Training;

/// <summary>What a training began with, as it stands in its folder until it is finished.</summary>
/// <param name="Settings">Settings.</param>
/// <param name="Command">The command line that asked for it.</param>
internal sealed record BegunTraining(TrainingSettings Settings, string? Command);

/// <summary>
/// The folder of a model while it is trained and when it is finished. In between only a folder <c>training</c> is in it, with what is
/// needed to go on; the finished model is written there and moved out whole, the weights last.
/// </summary>
internal sealed class TrainingFolder
{
    private const string WorkName = "training";
    private const string SettingsName = "settings.json";
    private const string WeightsName = "model.safetensors";
    private const int MostSettings = 1 << 20;
    private static readonly JsonSerializerOptions json = new(ReflectedJson.SnakeCase) { WriteIndented = true };
    private static readonly JsonSerializerOptions asNamed = new(ReflectedJson.AsNamed) { WriteIndented = true };

    private readonly string folder;

    private TrainingFolder(string folder) => this.folder = folder;

    /// <summary>The finished model's place.</summary>
    public string Path => folder;

    /// <summary>Where the state is kept.</summary>
    public TrainingStateFile State => new(Work);

    /// <summary>Where the finished model is written before it is moved out.</summary>
    private string Finished => System.IO.Path.Combine(Work, "finished");

    private string Work => System.IO.Path.Combine(folder, WorkName);

    private string SettingsFile => System.IO.Path.Combine(Work, SettingsName);

    /// <summary>A folder for a new training; it must be empty or not there.</summary>
    /// <exception cref="BadInputException">There is something in it, or it cannot be made.</exception>
    public static TrainingFolder New(string path)
    {
        var place = new TrainingFolder(path);
        if (File.Exists(place.SettingsFile))
        {
            throw new BadInputException(
                $"{path} holds a training that is not finished: go on with it with --resume, or remove the folder {place.Work}");
        }

        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new BadInputException($"{path} exists already and is not empty; choose another name with --out");
        }

        return place;
    }

    /// <summary>The folder of a training that was begun.</summary>
    /// <exception cref="BadInputException">There is none, or its settings are damaged.</exception>
    public static (TrainingFolder Folder, BegunTraining Begun) Begun(string path)
    {
        var place = new TrainingFolder(path);
        if (!File.Exists(place.SettingsFile))
        {
            throw new BadInputException(
                File.Exists(System.IO.Path.Combine(path, WeightsName))
                    ? $"{path} holds a finished model; there is nothing to go on with"
                    : $"{path} holds no training that could be gone on with");
        }

        try
        {
            var text = InputFile.ReadAll(place.SettingsFile, MostSettings);
            return JsonSerializer.Deserialize<BegunTraining>(text, json) is { Settings: { } } begun
                ? (place, begun)
                : throw new BadInputException($"{place.SettingsFile} holds no settings; remove the folder {place.Work}");
        }
        catch (JsonException error)
        {
            throw new BadInputException(
                $"{place.SettingsFile} is damaged ({Printable.Reason(error)}); remove the folder {place.Work}", error);
        }
    }

    /// <summary>Writes down what is begun.</summary>
    /// <exception cref="BadInputException">The folder cannot be written.</exception>
    public void Begin(BegunTraining begun)
    {
        InputFile.Guarded(Work, Directory.CreateDirectory);
        AtomicFile.Write(SettingsFile, stream => JsonSerializer.Serialize(stream, begun, json));
    }

    /// <summary>
    /// Writes a model beside the state, where it can be opened and measured.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="classNames">Names of its classes; null where it has none.</param>
    /// <param name="temperature">What is divided into its head; null for nothing.</param>
    /// <param name="beside">Other files.</param>
    /// <returns>Its folder.</returns>
    public string Write(
        IModel model, IReadOnlyList<string>? classNames, double? temperature, IEnumerable<(string File, object Json)> beside)
    {
        InputFile.Guarded(Finished, Directory.CreateDirectory);
        var config = new SortedDictionary<string, object>(model.Settings.ToDictionary(), StringComparer.Ordinal);
        if (classNames is not null)
        {
            config["id2label"] = Enumerable.Range(0, classNames.Count)
                .ToDictionary(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture), i => classNames[i]);
        }

        if (temperature is { } divisor)
        {
            config["calibration"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["method"] = "temperature",
                ["temperature"] = divisor,
                ["divided_into"] = "head",
            };
        }

        foreach (var (file, content) in beside.Prepend(("config.json", config)))
        {
            Text(file, JsonSerializer.Serialize(content, content.GetType(), asNamed) + "\n");
        }

        WeightsFile.Write(System.IO.Path.Combine(Finished, WeightsName), model);
        return Finished;
    }

    /// <summary>Adds the card, moves the model out and removes the rest.</summary>
    public void Finish(string card)
    {
        Text("README.md", card);
        InputFile.Guarded(folder, to =>
        {
            foreach (var file in Directory.GetFiles(Finished).OrderBy(file => file.EndsWith(WeightsName, StringComparison.Ordinal)))
            {
                File.Move(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)), overwrite: true);
            }

            Directory.Delete(Work, recursive: true);
            return true;
        });
    }

    private void Text(string file, string text)
        => AtomicFile.Write(System.IO.Path.Combine(Finished, file), stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
