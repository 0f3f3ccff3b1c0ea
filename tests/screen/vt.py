"""A terminal for tests: what ncurses sends to TERM=xterm-256color, as rows of
text.  Anything that it does not know is an error, so that nothing passes
unseen."""
import re
import unicodedata

TOKEN = re.compile(
    "\x1b\\][^\x07]*\x07"                     # OSC: the title
    "|\x1b\\[([?>]?)([0-9;:]*)([@-~])"         # CSI
    "|\x1b[()][0AB]|\x1b[=>78MDEc]"
    "|[\\s\\S]")


def width(char):
    if unicodedata.combining(char) or unicodedata.category(char) in (
            "Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.title = None
        self.titles = []
        self.scrolled_off = []
        self.wiped = 0          # how often the scrolled-off lines were cleared
        self.bytes = 0
        self.rest = ""
        self.clear()

    def clear(self):
        self.cells = [[" "] * self.columns for _ in range(self.rows)]
        self.looks = [[""] * self.columns for _ in range(self.rows)]
        self.x = self.y = 0
        self.saved = (0, 0)
        self.look = ""
        self.top, self.bottom = 0, self.rows - 1
        self.last = " "

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.clear()

    def feed(self, data):
        self.bytes += len(data)
        text = self.rest + data
        # an unfinished sequence waits for its end
        cut = text.rfind("\x1b")
        if cut >= 0 and not re.match(
                "\x1b(\\][^\x07]*\x07|\\[[?>]?[0-9;:]*[@-~]|[()].|[=>78MDEc])",
                text[cut:]) and len(text) - cut < 200:
            text, self.rest = text[:cut], text[cut:]
        else:
            self.rest = ""
        for match in TOKEN.finditer(text):
            self.token(match)

    def token(self, match):
        t = match.group(0)
        if t.startswith("\x1b]"):
            if t[2:4] == "2;":
                self.title = t[4:-1]
                self.titles.append(self.title)
        elif t.startswith("\x1b["):
            self.csi(match.group(1), match.group(2), match.group(3))
        elif t == "\x1b7":
            self.saved = (self.x, self.y)
        elif t == "\x1b8":
            self.x, self.y = self.saved
        elif t == "\x1bM":
            if self.y == self.top:
                self.scroll(-1)
            else:
                self.y -= 1
        elif t[0] == "\x1b":
            if len(t) == 1:
                raise ValueError("a sequence that is not known")
        elif t == "\r":
            self.x = 0
        elif t == "\n":
            self.down()
        elif t == "\b":
            self.left(1)
        elif t == "\t":
            self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)
        elif t == "\a" or t in "\x0e\x0f":
            pass
        elif t < " ":
            raise ValueError("control character %r" % t)
        else:
            self.put(t)

    def put(self, char):
        w = width(char)
        if w == 0:
            x = min(self.x, self.columns) - 1
            if x >= 0:
                if self.cells[self.y][x] == "" and x > 0:
                    x -= 1
                self.cells[self.y][x] += char
            return
        if self.x + w > self.columns:
            self.x = 0
            self.down()
        self.cells[self.y][self.x] = char
        self.looks[self.y][self.x] = self.look
        if w == 2:
            self.cells[self.y][self.x + 1] = ""
        self.x += w
        self.last = char

    def left(self, n):
        """Behind the last column the cursor still stands in it."""
        self.x = max(0, min(self.x, self.columns - 1) - n)

    def down(self):
        if self.y == self.bottom:
            self.scroll(1)
        elif self.y < self.rows - 1:
            self.y += 1

    def scroll(self, n, top=None):
        top = self.top if top is None else top
        for _ in range(abs(n)):
            if n > 0:
                if top == 0:
                    self.scrolled_off.append("".join(self.cells[0]))
                del self.cells[top], self.looks[top]
                self.cells.insert(self.bottom, [" "] * self.columns)
                self.looks.insert(self.bottom, [""] * self.columns)
            else:
                del self.cells[self.bottom], self.looks[self.bottom]
                self.cells.insert(top, [" "] * self.columns)
                self.looks.insert(top, [""] * self.columns)

    def erase(self, y, start, end):
        for x in range(start, min(end, self.columns)):
            self.cells[y][x] = " "
            self.looks[y][x] = self.look if "48" in self.look else ""

    def csi(self, mark, arguments, final):
        numbers = [int(a) if a else 0 for a in
                   arguments.replace(":", ";").split(";")] or [0]
        n = numbers[0] or 1
        if mark:
            return
        if final in "Hf":
            self.y = min(n, self.rows) - 1
            self.x = min((numbers[1] if len(numbers) > 1 else 0) or 1,
                         self.columns) - 1
        elif final == "A":
            self.y = max(0, self.y - n)
        elif final == "B":
            self.y = min(self.rows - 1, self.y + n)
        elif final == "C":
            self.x = min(self.columns - 1, self.x + n)
        elif final == "D":
            self.left(n)
        elif final == "G":
            self.x = min(n, self.columns) - 1
        elif final == "d":
            self.y = min(n, self.rows) - 1
        elif final == "J":
            if numbers[0] == 3:
                self.scrolled_off = []
                self.wiped += 1
            else:
                self.erase(self.y, self.x if numbers[0] == 0 else 0,
                           self.columns if numbers[0] != 1 else self.x + 1)
                for y in range(self.rows):
                    if (y > self.y and numbers[0] == 0) or numbers[0] == 2 \
                            or (y < self.y and numbers[0] == 1):
                        self.erase(y, 0, self.columns)
        elif final == "K":
            self.erase(self.y, self.x if numbers[0] == 0 else 0,
                       self.columns if numbers[0] != 1 else self.x + 1)
        elif final == "X":
            self.erase(self.y, self.x, self.x + n)
        elif final == "@":
            for rows, blank in ((self.cells, " "), (self.looks, "")):
                rows[self.y][self.x:self.x] = [blank] * n
                del rows[self.y][self.columns:]
        elif final == "P":
            for rows, blank in ((self.cells, " "), (self.looks, "")):
                del rows[self.y][self.x:self.x + n]
                rows[self.y] += [blank] * (self.columns - len(rows[self.y]))
        elif final == "L":
            self.scroll(-n, self.y)
        elif final == "M":
            self.scroll(n, self.y)
        elif final == "S":
            self.scroll(n)
        elif final == "T":
            self.scroll(-n)
        elif final == "b":
            for _ in range(n):
                self.put(self.last)
        elif final == "r":
            self.top = n - 1
            self.bottom = min(numbers[1] if len(numbers) > 1 and numbers[1]
                              else self.rows, self.rows) - 1
            self.x = self.y = 0
        elif final == "m":
            self.sgr(arguments)
        elif final in "hlt":
            pass
        else:
            raise ValueError("CSI %s%s" % (arguments, final))

    def sgr(self, arguments):
        look = [a for a in self.look.split(";") if a]
        for a in (arguments or "0").split(";"):
            if a in ("", "0"):
                look = []
            elif a == "27":
                look = [b for b in look if b != "7"]
            elif a not in look:
                look.append(a)
        self.look = ";".join(look)

    def text(self):
        return [re.sub(" +$", "", "".join(row)) for row in self.cells]

    def reversed(self, y):
        return any("7" in look.split(";") for look in self.looks[y])
