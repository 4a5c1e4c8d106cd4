namespace MiniGrad.Charts;

/// <summary>The page's script: slider of image paths and copy button. The page is complete without it.</summary>
internal static class ReportScript
{
    // Free of '<' and '&', so that the page stays well-formed XML; line feeds only, because the page names its hash.
    public static readonly string Text = """

        'use strict';
        document.documentElement.classList.add('js');
        document.querySelectorAll('figure.path').forEach(function (figure) {
          var frames = Array.from(figure.querySelectorAll('.strip li'));
          var strip = figure.querySelector('.strip');
          var large = figure.querySelector('img.large');
          var slider = figure.querySelector('input');
          var button = figure.querySelector('button');
          var fill = figure.querySelector('.fill');
          var timer = 0;
          function show(index) {
            var frame = frames[index];
            var image = frame.querySelector('img');
            large.src = image.src;
            large.alt = image.alt;
            slider.value = index;
            slider.setAttribute('aria-valuetext', image.alt);
            fill.setAttribute('width', frame.dataset.percent);
            figure.querySelectorAll('[data-field]').forEach(function (field) {
              field.textContent = frame.dataset[field.dataset.field];
            });
            frames.forEach(function (other) { other.classList.toggle('current', other === frame); });
            strip.scrollLeft = frame.offsetLeft - strip.offsetLeft - (strip.clientWidth - frame.clientWidth) / 2;
          }
          function stop() {
            clearInterval(timer);
            timer = 0;
            button.textContent = 'Play';
          }
          slider.addEventListener('input', function () { stop(); show(Number(slider.value)); });
          frames.forEach(function (frame, index) {
            frame.addEventListener('click', function () { stop(); show(index); });
          });
          button.addEventListener('click', function () {
            if (timer) { stop(); return; }
            button.textContent = 'Pause';
            if (Number(slider.value) === frames.length - 1) { show(0); }
            timer = setInterval(function () {
              show(Number(slider.value) + 1);
              if (Number(slider.value) === frames.length - 1) { stop(); }
            }, 400);
          });
          if (frames.length > 1) { figure.querySelector('.control').hidden = false; }
          show(0);
        });
        document.querySelectorAll('.reproduce').forEach(function (block) {
          var button = block.querySelector('button');
          var text = block.querySelector('pre');
          if (!navigator.clipboard) { return; }
          button.hidden = false;
          button.addEventListener('click', function () {
            navigator.clipboard.writeText(text.textContent).then(function () { button.textContent = 'Copied'; });
          });
        });

        """.ReplaceLineEndings("\n");
}
