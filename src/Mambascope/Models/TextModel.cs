using System.Globalization;
using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Checkpoints;
using Mambascope.Inputs.Text;
using Mambascope.Numerics;

namespace Mambascope.Models;

/// <summary>
/// The front door for text: a language model together with all it needs to read - tokenizer and threads.
/// <code>
/// using var model = TextModel.Open("demo-mamba");
/// using var run = model.Run("To be, or not to b");
/// Console.WriteLine(run.Top(1)[0]);
/// var map = run.Explain("attribution");
/// </code>
/// The model is read-only; one text model may serve several threads.
/// </summary>
public sealed class TextModel : IDisposable
{
    private const string InputIds = "input_ids";

    private TextModel(LanguageModelFile file, Workers workers)
    {
        File = file;
        Tokenizer = OpenTokenizer(file, out var refusal);
        TokenizerRefusal = refusal?.Message;
        Workers = workers;
    }

    /// <summary>Where the network comes from.</summary>
    public LanguageModelFile File { get; }

    /// <summary>A short name of the model, for titles.</summary>
    public string Name => File.Name;

    /// <summary>The network.</summary>
    public ILanguageModel Model => File.Model;

    /// <summary>
    /// From text to token ids and back; null where the model came without one, or with one of another kind, so that only ids can be read.
    /// </summary>
    public TextTokenizer? Tokenizer { get; }

    /// <summary>Ids after which a text ends, by generation_config.json or config.json.</summary>
    public IReadOnlyList<int> EndTokens
        => Inputs.Text.EndTokens.Of(
            File.Config, File.Source.Beside(Inputs.Text.EndTokens.FileName) is { } path ? ConfigFile.Load(path) : null);

    /// <summary>Why the tokenizer beside the weights cannot be used; null where it can, or there is none.</summary>
    public string? TokenizerRefusal { get; }

    /// <summary>The threads that runs share.</summary>
    public Workers Workers { get; }

    /// <summary>
    /// Opens a model as <see cref="LanguageModelFile.Open"/> does, with the tokenizer.json beside its weights; <c>"tokenizer": "bytes"</c> in
    /// config.json says that a token is a byte.
    /// </summary>
    /// <param name="model">Folder, weight file, shipped model, hub model or <c>random:PRESET[:SEED]</c>.</param>
    /// <param name="threads">Threads, the caller's included; null for one a processor. Results do not depend on it.</param>
    /// <param name="isOutline">Whether shapes are enough: random weights are not drawn then, and the model can only be described.</param>
    /// <exception cref="BadInputException">Nothing there, damaged, of an unsupported kind, or its parts do not fit together.</exception>
    public static TextModel Open(string model, int? threads = null, bool isOutline = false)
    {
        var file = LanguageModelFile.Open(model, isOutline);
        return new(file, new Workers(threads ?? Environment.ProcessorCount));
    }

    /// <summary>The tokens of a text.</summary>
    /// <exception cref="BadInputException">The text has no tokens, or the model no tokenizer.</exception>
    public IReadOnlyList<TextToken> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Tokenizer is null)
        {
            var reason = TokenizerRefusal ?? $"{Name} has no tokenizer (no {TextTokenizer.FileName} beside its weights)";
            throw new BadInputException($"{reason}, so it can read token ids only: give --tokens, or a .safetensors file with {InputIds}");
        }

        var tokens = Tokenizer.Encode(text);
        return tokens.Count > 0 ? tokens : throw new BadInputException("the text is empty; a language model needs at least one token");
    }

    /// <summary>Tokens by id, with their ranges in <see cref="Decode"/> of the same ids.</summary>
    /// <exception cref="BadInputException">An id does not exist.</exception>
    public IReadOnlyList<TextToken> Locate(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        TokenBatch.Of(ids).Check(Model.VocabularySize);
        return Tokenizer is null ? [.. ids.Select(id => new TextToken(id, Show(id), 0, 0))] : Tokenizer.Locate(ids);
    }

    /// <summary>The text of tokens; empty without a tokenizer.</summary>
    public string Decode(IEnumerable<int> ids) => Tokenizer?.Decode(ids) ?? "";

    /// <summary>A token as it is shown; its id in brackets where nothing stands for it.</summary>
    public string Show(int id) => Tokenizer?.Show(id) ?? $"[{id}]";

    /// <summary>A token by its id or by the text that is exactly this token.</summary>
    /// <exception cref="BadInputException">There is no such token, or the text is several.</exception>
    public int Find(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id < Model.VocabularySize ? id : throw new BadInputException($"token id {id} does not exist; {Name} has ids 0 to {Model.VocabularySize - 1}");
        }

        return Tokenizer?.Find(token) ?? throw new BadInputException($"{Name} has no tokenizer, so '{Printable.Name(token)}' cannot be looked up; give a token id from 0 to {Model.VocabularySize - 1}");
    }

    /// <summary>
    /// Reads token ids: the tensor <c>input_ids</c>, (L) or with a batch of one, of a safetensors file. What its <c>attention_mask</c>
    /// masks before and after the text is cut off.
    /// </summary>
    /// <exception cref="BadInputException">
    /// No such tensor, another shape, no ids, ids that do not exist, a mask with holes, or other tensors.
    /// </exception>
    public IReadOnlyList<TextToken> ReadInputIds(string path)
    {
        var ids = Inputs.Text.InputIds.Read(path);
        var bad = Array.FindIndex(ids, id => id < 0 || id >= Model.VocabularySize);
        return bad < 0
            ? Locate(Array.ConvertAll(ids, id => (int)id))
            : throw new BadInputException($"{path}: {InputIds} holds {ids[bad]} at position {bad}; {Name} has ids 0 to {Model.VocabularySize - 1}");
    }

    /// <summary>Runs the model on a text, keeping what explanations need.</summary>
    public TextRun<float> Run(string text) => Run<float>(Encode(text));

    /// <summary>Runs the model, keeping what explanations need.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="tokens">From <see cref="Encode"/>, <see cref="Locate"/> or <see cref="ReadInputIds"/>.</param>
    /// <param name="position">Token after which the next one is asked for; null for the last.</param>
    /// <exception cref="BadInputException">No such position, or the scores are not finite.</exception>
    public TextRun<T> Run<T>(IReadOnlyList<TextToken> tokens, int? position = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var tape = new Tape<T>(Workers, new BufferPool<T>(), isRecording: true);
        try
        {
            var at = position ?? (tokens.Count - 1);
            var run = new TextRun<T>(this, tokens, at, Model.Forward(tape, TokenBatch.Of([.. tokens.Select(token => token.Id)]), ScorePositions.At(at)));
            run.RequireFinite();
            return run;
        }
        catch
        {
            tape.Dispose();
            throw;
        }
    }

    /// <summary>The most likely next tokens by their scores, most likely first.</summary>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    public IReadOnlyList<TokenScore> Top<T>(ReadOnlySpan<T> scores, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var all = TokenScore.Softmax(this, scores);
        return [.. Enumerable.Range(0, all.Length).OrderByDescending(id => all[id].Score).ThenBy(id => id).Take(count).Select(id => TokenScore.Of(this, id, all[id]))];
    }

    /// <summary>How likely a token is to come next, by the scores of all.</summary>
    /// <exception cref="BadInputException">The scores are not finite.</exception>
    public TokenScore Score<T>(ReadOnlySpan<T> scores, int id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => TokenScore.Of(this, id, TokenScore.Softmax(this, scores)[id]);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => Workers.Dispose();

    private static TextTokenizer? OpenTokenizer(LanguageModelFile file, out BadInputException? refusal)
    {
        refusal = null;
        if (CheckpointPath.IsGgufName(file.WeightFile))
        {
            return TextTokenizer.LoadOrRefuse(file.WeightFile!, out refusal);
        }

        if (file.Config is { } config && config.Has("tokenizer"))
        {
            return config.GetString("tokenizer") == "bytes"
                ? new ByteTokenizer()
                : throw new BadInputException($"{config.Path}: tokenizer is \"{Printable.Name(config.GetString("tokenizer"))}\", expected \"bytes\", or no such entry and a {TextTokenizer.FileName}");
        }

        return file.Source.Preset is null && file.Source.Beside(TextTokenizer.FileName) is { } path
            ? TextTokenizer.LoadOrRefuse(path, out refusal)
            : null;
    }
}
