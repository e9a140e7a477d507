using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tests.Models;
using Xunit;

namespace Mambascope.Tests.Application;

/// <summary>What a page asks for, without a command line.</summary>
public sealed class ExplainingTests : IDisposable
{
    private const string Words = "To be, or not to b";
    private readonly SmallByteModels models = new();

    [Fact]
    public void A_picture_is_explained_as_its_run_is()
    {
        using var small = new SmallModel();
        using var classifier = ImageClassifier.Open(small.Folder, new() { Threads = 1 });
        var subject = new PictureSubject("folder/a.png", classifier.ReadPixelValues(small.Input()));
        var said = new Steps();
        var why = Explaining.Explain<float>(classifier, subject, new() { Target = "goldfish" }, progress: said);

        using var run = classifier.Run<float>(subject.Input);
        Assert.Equal(["mamba-lrp"], why.Maps.Select(map => map.Method.Name));
        Assert.StartsWith("mamba-lrp, the standard for pictures and models with selective scans", why.Because, StringComparison.Ordinal);
        Assert.All(why.Maps, map => Assert.Equal(run.Explain(map.Method.Name, target: 1).Values, map.Map.Values));
        Assert.Equal(run.Score(1), why.Target);
        Assert.Equal("class token (8)", why.TokenName);
        Assert.True(why.Check!.IsPassed);
        Assert.Equal(
            ["running the model", "explaining: mamba-lrp", "checking"],
            said.All.Where(step => !step.EndsWith(" %", StringComparison.Ordinal))); // a method also says how far it is
        var json = ExplanationJson.Of(why);
        Assert.Equal("goldfish", (string)json["target"]!["label"]!);
        Assert.Equal("folder/a.png", (string)json["input"]!);
    }

    [Fact]
    public void A_text_is_explained_at_any_position_and_against_another_answer()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var text = new TextInput(Words, Ids: null, File: null).Read(model);
        var method = AttributionMethods.Find("input-x-gradient", model.Model.Shape);
        var why = Explaining.Explain<double>(model, text, new() { Methods = [new(method)], Target = "e", Against = "u", Token = 4 });
        Assert.Equal(('e', 'u', 4), ((char)why.Target.Index, (char)why.Against!.Index, why.Token));
        Assert.Equal(text.Length, why.Maps[0].Map.Values.Length);
        Assert.All(why.Maps[0].Map.Values[5..], value => Assert.Equal(0, value));

        using var run = model.Run<double>(text.Read.Tokens, position: 4);
        using var decision = run.Decision('e', 'u');
        Assert.Equal(method.Explain(decision, model.Model, new())[0].Values, why.Maps[0].Map.Values);
    }

    [Fact]
    public void Every_position_is_explained_as_each_alone()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var text = new TextInput("To be", Ids: null, File: null).Read(model);
        var all = Explaining.EveryPosition<double>(model, text, new());
        Assert.Equal(5, all.Count);
        var one = Explaining.Explain<double>(model, text, new() { Token = 3 });
        Assert.Equal(one.Target.Index, all[3].Target.Index);
        Assert.All(one.Maps.Zip(all[3].Maps), pair =>
            Assert.All(pair.First.Map.Values.Zip(pair.Second.Map.Values), value => Assert.Equal(value.First, value.Second, 1e-9)));
    }

    [Fact]
    public void What_does_not_exist_is_refused_before_anything_runs()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var text = new TextInput(Words, Ids: null, File: null).Read(model);
        var said = new Steps();
        foreach (var (request, words) in new (ExplanationRequest, string)[]
        {
            (new() { Token = 18 }, "tokens 0 to 17"),
            (new() { Options = new() { StartLayer = 2 } }, "layers 0 to 1"),
            (new() { Target = "two" }, "two"),
        })
        {
            var error = Assert.Throws<BadInputException>(() => Explaining.Explain<float>(model, text, request, progress: said));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(said.All);
        using var small = new SmallModel();
        using var classifier = ImageClassifier.Open(small.Folder);
        Assert.Throws<ArgumentException>(() => Explaining.Explain<float>(classifier, text, new()));
    }

    [Fact]
    public void A_knock_out_trial_cuts_each_piece_in_turn()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var text = new TextInput(Words, Ids: null, File: null).Read(model);
        var trial = KnockoutTrial.Run<double>(model, text, new() { Position = 5 });
        Assert.Equal((6, 6), (trial.Pieces.Count, trial.Subject.Length));
        var alone = KnockoutEffect.Of<double>(model.Model, model.Workers, trial.Subject.Read.Ids, [new() { Sources = [2] }]);
        Assert.Equal(alone, trial.Effects[2]);
        Assert.Equal(alone.ScoreDrop, (double)KnockoutJson.Of(trial)["knockouts"]![2]!["drop"]!);
    }

    [Fact]
    public void A_continuation_has_a_row_for_each_of_its_tokens()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var prompt = new TextInput("To be", Ids: null, File: null).Read(model);
        var method = AttributionMethods.Find("raw", model.Model.Shape);
        var goesOn = Continuation.Explain<double>(model, prompt, new() { Method = method, Generate = 3 });
        Assert.Equal([5, 6, 7], goesOn.Rows);
        Assert.Equal(8, goesOn.Text.Tokens.Count);
        Assert.Equal(0, goesOn.Row(0)[5]); // a token has no part in its own choice
        var given = Continuation.Explain<double>(model, prompt, new() { Method = method, Generate = 3, Given = ", or" });
        Assert.Equal("To be, or", given.Text.Text);
        Assert.Equal("raw (exact)", given.MethodName);
    }

    [Fact]
    public void All_work_can_be_stopped_and_the_model_answers_again()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var text = new TextInput(Words, Ids: null, File: null).Read(model);
        var method = AttributionMethods.Find("raw", model.Model.Shape);
        foreach (var work in new Action<CancellationToken, IProgress<Step>>[]
        {
            (stop, said) => Explaining.Explain<float>(model, text, new(), said, stop),
            (stop, said) => Explaining.EveryPosition<float>(model, text, new(), said, stop),
            (stop, said) => KnockoutTrial.Run<float>(model, text, new(), said, stop),
            (stop, said) => Continuation.Explain<float>(model, text, new() { Method = method, Generate = 4 }, said, stop),
            (stop, said) => Attending.Show<float>(model, text, new() { Layer = 1 }, said, stop),
        })
        {
            Assert.Throws<OperationCanceledException>(() => work(new(canceled: true), new Steps()));

            // In the middle: what the work says is heard on its own thread.
            using var stopping = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => work(stopping.Token, new Stopper(stopping)));
            work(CancellationToken.None, new Steps());
        }
    }

    [Fact]
    public void A_disposed_run_says_so()
    {
        using var model = TextModel.Open(models.Mamba, threads: 1);
        var run = model.Run(Words);
        run.Dispose();
        foreach (var method in AttributionMethods.For(model.Model.Shape).Where(method => method is not FullLrp))
        {
            Assert.Throws<ObjectDisposedException>(() => run.Explain(method.Name));
        }

        Assert.Throws<ObjectDisposedException>(() => run.Scores.ToArray());
    }

    [Fact]
    public void Attention_of_a_picture_and_of_blocks_of_a_text()
    {
        using var small = new SmallModel();
        using var classifier = ImageClassifier.Open(small.Folder, new() { Threads = 1 });
        var picture = new PictureSubject("a.png", classifier.ReadPixelValues(small.Input()));
        var strongest = Attending.Show<double>(classifier, picture, new() { Layer = 1, TopChannels = 3 });
        Assert.Equal((17, 3, 8), (strongest.Matrix.Length, strongest.Ranked!.Count, strongest.ClassToken));
        Assert.True(strongest.Check!.IsPassed);
        Assert.Null(strongest.Labels);

        using var model = TextModel.Open(models.Mamba, threads: 1);
        var text = new TextInput("To be or", Ids: null, File: null).Read(model);
        ShownPiece[] words = [new("To ", 0, 3), new("be ", 3, 3), new("or", 6, 2)];
        var joined = Attending.Show<double>(model, text, new() { Layer = 0, Blocks = _ => words });
        Assert.Equal(["To", "be", "or"], joined.Labels);
        Assert.Equal(3, joined.Matrix.Length);
        Assert.Equal("or", (string)AttentionJson.Of(joined)["blocks"]![2]!["text"]!);
    }

    public void Dispose() => models.Dispose();

    private sealed class Stopper(CancellationTokenSource source) : IProgress<Step>
    {
        public void Report(Step value) => source.Cancel();
    }

    private sealed class Steps : IProgress<Step>
    {
        public List<string> All { get; } = [];

        public void Report(Step value) => All.Add(value.ToString());
    }
}
